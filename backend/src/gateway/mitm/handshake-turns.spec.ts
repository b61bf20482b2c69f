import { HandshakeTurns } from './handshake-turns.js';

const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('handshakes', () => {
  it('begin at once when there is no other', async () => {
    const turns = new HandshakeTurns();
    expect(turns.next('a')).toBeUndefined();
    await turnOfLoop();
    expect(turns.next('a')).toBeUndefined();
  });

  it('begin one in each turn of the event loop, agents in rotation, each agent in its own order', async () => {
    const turns = new HandshakeTurns();
    const begun: string[] = [];
    const wait = (agent: string, tunnel: string): void => {
      const turn = turns.next(agent);
      if (turn === undefined) begun.push(tunnel);
      else void turn.then(() => begun.push(tunnel));
    };
    for (let i = 0; i < 50; i += 1) wait('flood', `flood ${i}`);
    wait('other', 'other 0');
    wait('other', 'other 1');
    expect(begun).toEqual(['flood 0']);
    await turnOfLoop();
    expect(begun).toEqual(['flood 0', 'flood 1']);
    for (let i = 0; i < 3; i += 1) await turnOfLoop();
    expect(begun).toEqual(['flood 0', 'flood 1', 'other 0', 'flood 2', 'other 1']);
    for (let i = 0; i < 60; i += 1) await turnOfLoop();
    expect(begun).toHaveLength(52);
    expect(turns.next('flood')).toBeUndefined();
  });
});
