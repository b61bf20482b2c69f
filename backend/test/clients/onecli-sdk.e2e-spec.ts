import { jest } from '@jest/globals';
import type { TestGateway } from '../support/gateway.js';
import { startApiUpstream, type ApiUpstream } from './api-upstream.js';
import { API_HOST, startClientGateway } from './client-gateway.js';
import { ClientHome, itNeeds, missingProgram, runProcess, ways } from './client-process.js';
import { program } from './http-clients.js';

jest.setTimeout(120_000);

const REAL = 'the-real-secret-c0de';

describe('@onecli-sh/sdk', () => {
  let gateway: TestGateway;
  let upstream: ApiUpstream;
  let home: ClientHome;

  beforeAll(async () => {
    home = await ClientHome.made();
    gateway = await startClientGateway();
    upstream = await startApiUpstream();
    // prettier-ignore
    await gateway.aSecret({ name: 'API token', type: 'generic', value: REAL, hostPattern: API_HOST,
      injectionConfig: { headerName: 'Authorization', valueFormat: 'Bearer {value}' } });
    await gateway.aSecret({ name: 'Anthropic key', type: 'anthropic', value: 'sk-ant-api03-the-real-key' });
  });
  afterAll(async () => {
    await upstream.close();
    await gateway.close();
    await home.remove();
  });

  const test = itNeeds('@onecli-sh/sdk with curl', missingProgram(['curl']));

  async function start(
    agent: string,
    url: string,
  ): Promise<{ docker: string[]; code: number; stdout: string; stderr: string }> {
    const env = { PATH: process.env['PATH'] ?? '', HOME: home.path, TMPDIR: home.path };
    const outcome = await runProcess([process.execPath, program('onecli-sdk.mjs'), gateway.adminUrl, agent, url], {
      env,
    });
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(outcome.stdout).not.toMatch(/the-real/);
    return JSON.parse(outcome.stdout) as Awaited<ReturnType<typeof start>>;
  }

  test('starts a container whose requests carry the real secret', async () => {
    const { docker, code, stdout, stderr } = await start('contained', `${upstream.origin}/v1/contained`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ method: 'GET', url: '/v1/contained' });
    expect(docker).toContain('ANTHROPIC_API_KEY=placeholder');
    expect(upstream.arrived[0]?.headers).toMatchObject({ authorization: `Bearer ${REAL}` });
    const [entry] = await gateway.requests(1, 'q=/v1/contained');
    expect(entry).toMatchObject({ agentName: 'Contained', host: API_HOST, status: 200, secretNames: ['API token'] });
  });

  test('gives what onecli run gives, as far as a container can have it', async () => {
    const { docker } = await start('contained', `${upstream.origin}/`);
    const [, byRun] = ways(
      () => gateway,
      () => home,
    );
    const { stdout } = await byRun.run('contained', ['env']);
    const wrapped = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const variables = docker.flatMap((word, i) => (docker[i - 1] === '-e' ? [word] : []));
    expect(variables.length).toBeGreaterThan(12);
    for (const variable of variables) {
      const [name = ''] = variable.split('=');
      const value = variable.slice(name.length + 1);
      if (value.startsWith('/')) expect(wrapped.get(name)).toMatch(/\.onecli\/[\w.-]+\.pem$/);
      else expect(wrapped.get(name)).toBe(value.replace('host.docker.internal', '127.0.0.1'));
    }
  });
});
