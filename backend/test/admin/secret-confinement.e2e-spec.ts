import { Routes } from '../../src/admin/http/routes.js';
import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

/** No part of it longer than four characters may come back. */
const CANARY = 'sk-ant-oat01-canary-Zq8vN2rT5yWx7bLk';
const OTHER = 'canary-second-value-Hh3kP0sD9fGj';
/** Routes that answer an endless stream. */
const STREAMS = ['/v1/requests/stream'];

describe('secret values in the control plane', () => {
  let plane: ControlPlane;
  let call: Call;
  let ids: Record<string, string>;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
    const secret = await call('POST', '/v1/secrets', { name: 'Canary', type: 'anthropic', value: CANARY });
    const agent = await call('GET', '/v1/agents/default');
    const rule = await call('POST', '/v1/rules', { name: 'Rule', hostPattern: 'api.anthropic.com', action: 'allow' });
    await call('PATCH', `/v1/secrets/${secret.body.id}`, { value: OTHER, name: 'Rotated' });
    await call('PATCH', `/v1/secrets/${secret.body.id}`, { value: CANARY });
    ids = { secrets: secret.body.id, agents: agent.body.id, rules: rule.body.id };
  });
  afterAll(() => plane.close());

  function expectClean(text: string): void {
    for (const value of [CANARY, OTHER]) {
      for (const encoded of [
        value,
        Buffer.from(value).toString('base64'),
        Buffer.from(value).toString('hex'),
        encodeURIComponent(value),
      ]) {
        expect(text).not.toContain(encoded);
      }
      expect(text).not.toContain(value.slice(0, 20));
      expect(text).not.toContain(value.slice(-5));
    }
  }

  it('come back from no route, whatever is sent', async () => {
    const routes = plane.app
      .get(Routes, { strict: false })
      .all()
      .filter((route) => !STREAMS.includes(route.path));
    expect(routes.length).toBeGreaterThan(25);
    for (const route of routes) {
      const id = ids[route.path.split('/')[2] ?? ''] ?? ids['secrets'] ?? '';
      const bodies =
        route.method === 'GET'
          ? [undefined]
          : [
              {},
              { value: CANARY },
              { value: { deep: CANARY } },
              { name: CANARY.repeat(9), value: [CANARY] },
              `{"value":"${CANARY}`,
            ];
      for (const body of bodies.filter(() => route.method !== 'DELETE')) {
        const answer = await call(route.method, route.path.replace(':id', id), body);
        expectClean(JSON.stringify([answer.body, [...answer.headers]]));
      }
    }
  });

  it('stand in no audit event, and their events are there', async () => {
    const { body } = await call('GET', '/v1/audit-events?limit=500');
    expect(body.items.map((event: { kind: string }) => event.kind)).toEqual(
      expect.arrayContaining(['secret.created', 'secret.updated']),
    );
    expectClean(JSON.stringify(body));
  });

  it('come to no log line', () => {
    expect(plane.logged()).toContain('/v1/secrets');
    expectClean(plane.logged());
  });
});
