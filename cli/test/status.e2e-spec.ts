import { cannedControlPlane } from './support/canned-control-plane.js';
import { type Configured, configured } from './support/configured.js';

describe('onecli status', () => {
  let program: Configured;
  beforeAll(async () => void (program = await configured()));
  afterAll(() => program.close());

  it('says what answers, and ends with 0 when everything does', async () => {
    const gateway = await cannedControlPlane();
    try {
      const { code, text } = await program.screen(['status', '--gateway', `127.0.0.1:${gateway.port}`]);
      expect(code).toBe(0);
      expect(text).toMatch(
        /^✓ Control plane {2}http:\S+ {2}OneCLI \S+, project .+\n✓ Database {7}answers\n✓ Gateway {8}127\.0\.0\.1:\d+ {2}answers\n$/,
      );
    } finally {
      await gateway.close();
    }
  });

  it('ends with 1 when the gateway does not answer', async () => {
    const { code, stdout } = await program.call(['status', '--gateway', '127.0.0.1:1']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ database: true, gateway: '127.0.0.1:1', gatewayAnswers: false });
  });
});
