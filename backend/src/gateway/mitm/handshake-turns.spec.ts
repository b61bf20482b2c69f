import { HandshakeTurns } from './handshake-turns.js';

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await turnOfLoop();
};
const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('handshakes', () => {
  it('begin at once when there is no other', async () => {
    const handshakes = new HandshakeTurns();
    expect(handshakes.next('a')).toBeUndefined();
    await turnOfLoop();
    expect(handshakes.next('a')).toBeUndefined();
  });

  it('begin eight turns of the event loop apart, agents in rotation, each agent in its own order', async () => {
    const handshakes = new HandshakeTurns();
    const begun: string[] = [];
    const wait = (agent: string, tunnel: string): void => {
      const turn = handshakes.next(agent);
      if (turn === undefined) begun.push(tunnel);
      else void turn.then(() => begun.push(tunnel));
    };
    for (let i = 0; i < 50; i += 1) wait('flood', `flood ${i}`);
    wait('other', 'other 0');
    wait('other', 'other 1');
    expect(begun).toEqual(['flood 0']);
    await turns(7);
    expect(begun).toEqual(['flood 0']);
    await turns(1);
    expect(begun).toEqual(['flood 0', 'flood 1']);
    await turns(3 * 8);
    expect(begun).toEqual(['flood 0', 'flood 1', 'other 0', 'flood 2', 'other 1']);
    await turns(60 * 8);
    expect(begun).toHaveLength(52);
    expect(handshakes.next('flood')).toBeUndefined();
  });
});
