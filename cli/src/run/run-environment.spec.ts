import { masked, runEnvironment, tokenIn } from './run-environment.js';

const CA = '/tmp/onecli-gateway-ca.pem';
const PROXY = 'http://x:aoc_token@host.docker.internal:10255';
const TRUST = { adding: '/home/u/.onecli/gateway-ca.pem', replacing: '/home/u/.onecli/ca-bundle.pem' };
const CONFIG = {
  caCertificateContainerPath: CA,
  env: {
    HTTPS_PROXY: PROXY,
    http_proxy: PROXY,
    NO_PROXY: 'localhost',
    NODE_EXTRA_CA_CERTS: CA,
    SSL_CERT_FILE: CA,
    GIT_TERMINAL_PROMPT: '0',
  },
};

function environment(inherited: Record<string, string | undefined>, env: Record<string, string> = {}) {
  return runEnvironment(inherited, { ...CONFIG, env: { ...CONFIG.env, ...env } }, '127.0.0.1:10255', TRUST);
}

describe('the environment of a wrapped command', () => {
  it('leads every request to the gateway as it is reached from here', () => {
    const { variables } = environment({});
    expect(variables).toMatchObject({
      HTTPS_PROXY: 'http://x:aoc_token@127.0.0.1:10255',
      http_proxy: 'http://x:aoc_token@127.0.0.1:10255',
      NO_PROXY: 'localhost',
      GIT_TERMINAL_PROMPT: '0',
    });
  });

  it('names the file that adds roots where clients add, and the one that replaces them where clients replace', () => {
    expect(environment({}).variables).toMatchObject({
      NODE_EXTRA_CA_CERTS: TRUST.adding,
      DENO_CERT: TRUST.adding,
      SSL_CERT_FILE: TRUST.replacing,
      PIP_CERT: TRUST.replacing,
      AWS_CA_BUNDLE: TRUST.replacing,
      CARGO_HTTP_CAINFO: TRUST.replacing,
    });
  });

  it('gives a rare client its roots only where the shell had others for it', () => {
    expect(environment({}).variables).not.toHaveProperty('NIX_SSL_CERT_FILE');
    expect(environment({ NIX_SSL_CERT_FILE: '/nix/roots' }).variables['NIX_SSL_CERT_FILE']).toBe(TRUST.replacing);
  });

  it.each([
    'ALL_PROXY',
    'all_proxy',
    'HTTP_PROXY',
    'no_proxy',
    'FTP_PROXY',
    'wss_proxy',
    'no_grpc_proxy',
    'npm_config_https_proxy',
    'npm_config_noproxy',
    'YARN_HTTP_PROXY',
    'CARGO_HTTP_PROXY',
    'GLOBAL_AGENT_NO_PROXY',
    'PIP_PROXY',
    'NODE_TLS_REJECT_UNAUTHORIZED',
    'GIT_SSL_NO_VERIFY',
    'PYTHONHTTPSVERIFY',
    'SSL_CERT_DIR',
    'npm_config_cafile',
    'ONECLI_API_KEY',
  ])('takes away an inherited %s', (name) => {
    const { variables, removed } = environment({ [name]: 'inherited' });
    expect(variables).not.toHaveProperty(name);
    expect(removed).toEqual([name]);
  });

  it('keeps what has nothing to do with it', () => {
    const kept = {
      PATH: '/bin',
      GOPROXY: 'https://proxy.golang.org',
      NODE_OPTIONS: '--max-old-space-size=64',
      HOME: '/home/u',
      EMPTY: '',
    };
    expect(environment(kept)).toMatchObject({ variables: kept, removed: [] });
  });

  it("overrules an inherited exception from the proxy by the gateway's", () => {
    expect(environment({ NO_PROXY: '*' }).variables['NO_PROXY']).toBe('localhost');
  });

  it('lets a placeholder take the place of every real credential of that provider', () => {
    const real = {
      ANTHROPIC_API_KEY: 'sk-ant-real',
      ANTHROPIC_AUTH_TOKEN: 'real',
      CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat-real',
    };
    const { variables, removed, exposed } = environment(real, { ANTHROPIC_API_KEY: 'placeholder' });
    expect(variables['ANTHROPIC_API_KEY']).toBe('placeholder');
    expect(removed).toEqual(['ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN']);
    expect(exposed).toEqual([]);
  });

  it('names a real credential that stays because no secret stands in for it', () => {
    const { variables, exposed } = environment({
      OPENAI_API_KEY: 'sk-real',
      ANTHROPIC_API_KEY: 'placeholder',
      CODEX_API_KEY: '',
    });
    expect(variables['OPENAI_API_KEY']).toBe('sk-real');
    expect(exposed).toEqual(['OPENAI_API_KEY']);
  });

  it('leaves certificates alone where the machine trusts the gateway already', () => {
    const inherited = { SSL_CERT_FILE: '/company.pem', SSL_CERT_DIR: '/company' };
    const { variables } = runEnvironment(inherited, CONFIG, '127.0.0.1:10255', undefined);
    expect(variables).toMatchObject(inherited);
    expect(variables).not.toHaveProperty('NODE_EXTRA_CA_CERTS');
    expect(variables).not.toHaveProperty('PIP_CERT');
  });
});

describe('masking', () => {
  it('shows no part of the token but its kind', () => {
    const value = 'http://x:aoc_abcdef@127.0.0.1:10255';
    expect(masked(value, tokenIn(value))).toBe('http://x:aoc_••••••••@127.0.0.1:10255');
  });
});
