import { ValidateBy } from 'class-validator';

const PLACES = ['headerName', 'paramName', 'pathTemplate', 'username'];
const FORMATS: Readonly<Record<string, string>> = { valueFormat: 'headerName', paramFormat: 'paramName' };

/** Exactly one place, and a format only with the place that it formats. */
function isOneInjection(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const given = Object.keys(value).filter((name) => Reflect.get(value, name) !== undefined);
  if (given.filter((name) => PLACES.includes(name)).length !== 1) return false;
  return Object.entries(FORMATS).every(([format, place]) => !given.includes(format) || given.includes(place));
}

/** An `injectionConfig` that says one thing. Its fields are checked by their own rules. */
export const OneInjection = (): PropertyDecorator =>
  ValidateBy({
    name: 'oneInjection',
    validator: {
      validate: isOneInjection,
      defaultMessage: () =>
        '$property must be one of { headerName, valueFormat? }, { paramName, paramFormat? }, { pathTemplate }, { username }',
    },
  });
