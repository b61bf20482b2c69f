import { OneCLI, OneCLIRequestError } from '@onecli-sh/sdk';
import { startControlPlane, type ControlPlane } from '../support/control-plane.js';
import { restClient, type Call } from '../support/rest-client.js';

describe('the published client library, @onecli-sh/sdk', () => {
  let plane: ControlPlane;
  let call: Call;
  let onecli: OneCLI;

  beforeAll(async () => {
    plane = await startControlPlane();
    call = restClient(plane.url);
    onecli = new OneCLI({ url: plane.url, apiKey: 'oc_any' });
  });
  afterAll(() => plane.close());

  it('creates an agent', async () => {
    const agent = await onecli.createAgent({ name: 'My Agent', identifier: 'my-agent' });
    expect(agent).toMatchObject({
      id: expect.any(String),
      name: 'My Agent',
      identifier: 'my-agent',
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  it('ensures an agent, new or there already', async () => {
    const input = { name: 'Ensured', identifier: 'ensured' };
    expect(await onecli.ensureAgent(input)).toEqual({ ...input, created: true });
    expect(await onecli.ensureAgent(input)).toEqual({ ...input, created: false });
  });

  it('makes a child of an agent', async () => {
    await onecli.ensureAgent({ name: 'Parent', identifier: 'sdk-parent' });
    await expect(
      onecli.createAgent({ name: 'Child', identifier: 'sdk-child', parentIdentifier: 'sdk-parent' }),
    ).resolves.toMatchObject({ identifier: 'sdk-child' });
  });

  it('tells a bad identifier by its status', async () => {
    await expect(onecli.createAgent({ name: 'x', identifier: 'Not Good' })).rejects.toMatchObject({ statusCode: 400 });
  });

  it('gets the container config of the default agent and of one by name', async () => {
    const config = await onecli.getContainerConfig();
    expect(config).toMatchObject({
      caCertificateContainerPath: '/tmp/onecli-gateway-ca.pem',
      caCertificate: expect.stringContaining('-----BEGIN CERTIFICATE-----'),
    });
    const named = await onecli.getContainerConfig({ agent: 'my-agent' });
    expect(named.env['HTTPS_PROXY']).toMatch(/^http:\/\/x:aoc_[A-Za-z0-9_-]{43}@host\.docker\.internal:\d+$/);
    expect(named.env['HTTPS_PROXY']).not.toBe(config.env['HTTPS_PROXY']);
  });

  it('throws for an agent that is not there instead of starting a container without credentials', async () => {
    const failure = onecli.applyContainerConfig(['run'], { agent: 'nobody' });
    await expect(failure).rejects.toBeInstanceOf(OneCLIRequestError);
    await expect(failure).rejects.toMatchObject({ statusCode: 404 });
  });

  it("applies the config to docker's arguments", async () => {
    const args = ['run'];
    expect(await onecli.applyContainerConfig(args, { agent: 'my-agent', combineCaBundle: false })).toBe(true);
    const text = args.join(' ');
    expect(text).toMatch(/-e HTTPS_PROXY=http:\/\/x:aoc_/);
    expect(text).toContain('-e NODE_EXTRA_CA_CERTS=/tmp/onecli-gateway-ca.pem');
    expect(text).toMatch(/-v \S+:\/tmp\/onecli-gateway-ca\.pem:ro/);
  });

  it('gets the skill for agents', async () => {
    const skill = await onecli.getGatewaySkill();
    for (const word of ['rate_limited', 'rule_name', 'Retry-After', 'x-should-retry', 'placeholder', 'Never ask'])
      expect(skill).toContain(word);
  });

  it('names a project that exists, and hears of one that does not', async () => {
    const { projectId } = (await call('GET', '/v1/system')).body;
    await expect(onecli.getContainerConfig({ projectId })).resolves.toBeDefined();
    await expect(onecli.getContainerConfig({ projectId: 'proj-1' })).rejects.toMatchObject({ statusCode: 404 });
  });

  it('is told by an instance of its own that provisioning is not there', async () => {
    await expect(onecli.provisionProject()).rejects.toThrow();
  });
});
