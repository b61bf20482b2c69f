import { EMPTY_LINE, type HiddenLine, type } from './hidden-line.js';

const typed = (...keys: string[]): HiddenLine => keys.reduce(type, EMPTY_LINE);

describe('a line typed without echo', () => {
  it('ends with Enter', () => {
    expect(typed('s', '3', 'c\r')).toEqual({ typed: 's3c', end: 'entered' });
  });

  it('takes a paste up to its line end', () => {
    expect(typed('sk-ant-1\nrm -rf /\n')).toEqual({ typed: 'sk-ant-1', end: 'entered' });
  });

  it('is corrected by Backspace, a whole character at a time, and by Ctrl-U', () => {
    expect(typed('ab😀', '\u007f', '\u007f')).toEqual({ typed: 'a', end: 'open' });
    expect(typed('abc', '\u0015', 'd')).toEqual({ typed: 'd', end: 'open' });
  });

  it('is given up by Ctrl-C, and by Ctrl-D where nothing is typed', () => {
    expect(typed('abc', '\u0003')).toEqual({ typed: '', end: 'interrupted' });
    expect(typed('\u0004')).toEqual({ typed: '', end: 'interrupted' });
    expect(typed('a', '\u0004', 'b')).toEqual({ typed: 'ab', end: 'open' });
  });

  it('holds no control characters', () => {
    expect(typed('a\u001b\u0000b\t')).toEqual({ typed: 'ab', end: 'open' });
  });
});
