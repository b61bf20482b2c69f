import { only } from './find.js';

const ALL = [
  { id: '1', name: 'one' },
  { id: '2', name: 'twice' },
  { id: '3', name: 'twice' },
];
const find = (reference: string): { id: string } => only('rule', reference, ALL, (rule) => rule.name);

describe('a reference', () => {
  it('is a name or an id', () => {
    expect([find('one').id, find('2').id]).toEqual(['1', '2']);
  });

  it('to nothing ends with 3 and says what there is', () => {
    expect(() => find('won')).toThrow(
      expect.objectContaining({ exitCode: 3, details: ['There are: one, twice, twice'] }),
    );
  });

  it('to several ends with 4 and says their ids', () => {
    expect(() => find('twice')).toThrow(expect.objectContaining({ exitCode: 4, details: ['2', '3'] }));
  });
});
