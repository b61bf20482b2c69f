import { ANSI, PLAIN, styleFor } from './style.js';

describe('colours', () => {
  it('are for terminals', () => {
    expect(styleFor(true, {})).toBe(ANSI);
    expect(styleFor(false, {})).toBe(PLAIN);
  });

  it.each([{ NO_COLOR: '1' }, { TERM: 'dumb' }])('are not for a terminal with %p', (environment) => {
    expect(styleFor(true, environment)).toBe(PLAIN);
  });

  it('stay with an empty NO_COLOR', () => {
    expect(styleFor(true, { NO_COLOR: '' })).toBe(ANSI);
  });
});
