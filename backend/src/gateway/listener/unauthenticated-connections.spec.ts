import { PassThrough } from 'node:stream';
import { UnauthenticatedConnections } from './unauthenticated-connections.js';

describe('connections without a valid token', () => {
  it('are bounded, those that have waited longest closing first', () => {
    const connections = new UnauthenticatedConnections(2);
    const [first, second, third] = [new PassThrough(), new PassThrough(), new PassThrough()];
    expect([first, second, third].map((socket) => connections.arrived(socket))).toEqual([false, false, true]);
    expect([first, second, third].map(({ destroyed }) => destroyed)).toEqual([true, false, false]);
    expect(connections.size).toBe(2);
  });

  it('are among them no more once a token has come, or they have closed', async () => {
    const connections = new UnauthenticatedConnections(2);
    const [agent, gone, next] = [new PassThrough(), new PassThrough(), new PassThrough()];
    connections.arrived(agent);
    connections.authenticated(agent);
    connections.arrived(gone);
    gone.destroy();
    await new Promise((resolve) => gone.once('close', resolve));
    expect(connections.size).toBe(0);
    for (const socket of [next, new PassThrough(), new PassThrough()]) connections.arrived(socket);
    expect([agent.destroyed, next.destroyed]).toEqual([false, true]);
  });
});
