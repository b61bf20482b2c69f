import { DomainError } from './domain-error.js';

const LONGEST = 100;
/** C0, DEL and C1: they would break terminals, logs and refusals that repeat the name. */
// eslint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** A name that people gave, trimmed. Throws VALIDATION when it is empty, longer than 100 characters or unprintable. */
export function entityName(text: string, path = 'name'): string {
  const name = text.trim();
  if (name === '') throw DomainError.invalid({ path, message: 'A name is not empty.' });
  if (name.length > LONGEST) throw DomainError.invalid({ path, message: `A name has at most ${LONGEST} characters.` });
  if (CONTROL.test(name))
    throw DomainError.invalid({ path, message: 'A name has no control characters or line breaks.' });
  return name;
}
