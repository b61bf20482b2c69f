import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { Failure } from '../failure.js';
import { combine, planTrust, storeTrust } from './trust-files.js';

const pem = (body: string): string => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const GATEWAY = pem('GATEWAY');
const SYSTEM = '/etc/pki/tls/certs/ca-bundle.crt';

function plan(
  files: Record<string, string>,
  inherited: Record<string, string> = {},
  controlPlane = 'http://localhost:10254',
) {
  const read = (path: string): string | undefined => files[path];
  return planTrust({
    directory: '/h/.onecli',
    controlPlane: new URL(controlPlane),
    gatewayRoots: GATEWAY,
    inherited,
    read,
  });
}

const contentOf = (planned: ReturnType<typeof plan>, path: string): string | undefined =>
  planned.files.find((file) => file.path === path)?.content;

describe('trust files', () => {
  it("hold the gateway's root alone, and with the system's", () => {
    const planned = plan({ [SYSTEM]: `# Some CA\n${pem('ONE')}${pem('TWO')}` });
    expect(planned).toMatchObject({
      adding: '/h/.onecli/gateway-ca.pem',
      replacing: '/h/.onecli/ca-bundle.pem',
      unreadable: [],
    });
    expect(contentOf(planned, planned.adding)).toBe(GATEWAY);
    expect(contentOf(planned, planned.replacing)).toBe(GATEWAY + pem('ONE') + pem('TWO'));
  });

  it("fall back on Node's roots where the system has none", () => {
    const planned = plan({});
    expect(contentOf(planned, planned.replacing)?.match(/BEGIN/g)).toHaveLength(rootCertificates.length + 1);
  });

  it('keep roots that the shell adds, apart from those of a shell without', () => {
    const files = { [SYSTEM]: pem('ONE'), '/company.pem': pem('COMPANY') };
    const planned = plan(files, { NODE_EXTRA_CA_CERTS: '/company.pem', SSL_CERT_FILE: '/company.pem' });
    expect(contentOf(planned, planned.replacing)).toBe(GATEWAY + pem('ONE') + pem('COMPANY'));
    expect(contentOf(planned, planned.adding)).toBe(GATEWAY + pem('COMPANY'));
    expect(planned.replacing).toMatch(/^\/h\/\.onecli\/ca-bundle-[0-9a-f]{8}\.pem$/);
    expect(contentOf(planned, '/h/.onecli/gateway-ca.pem')).toBe(GATEWAY);
  });

  it('take no notice of files of their own, as inside another run', () => {
    const files = { [SYSTEM]: pem('ONE'), '/h/.onecli/ca-bundle.pem': pem('OLD') };
    const planned = plan(files, {
      SSL_CERT_FILE: '/h/.onecli/ca-bundle.pem',
      NODE_EXTRA_CA_CERTS: '/h/.onecli/gateway-ca.pem',
    });
    expect(contentOf(planned, '/h/.onecli/ca-bundle.pem')).toBe(GATEWAY + pem('ONE'));
  });

  it('are apart for each control plane', () => {
    expect(plan({}, {}, 'http://10.0.0.7:4000').adding).toBe('/h/.onecli/gateway-ca-10.0.0.7-4000.pem');
    expect(plan({}, {}, 'http://[::1]:4000').replacing).toBe('/h/.onecli/ca-bundle--1-4000.pem');
  });

  it('name what the shell names and nobody can read', () => {
    expect(plan({}, { CURL_CA_BUNDLE: '/gone.pem' }).unreadable).toEqual(['/gone.pem']);
  });

  it('hold each certificate once, whatever its line ends', () => {
    expect(combine([pem('ONE'), pem('ONE').replaceAll('\n', '\r\n'), pem('TWO')])).toBe(pem('ONE') + pem('TWO'));
  });
});

describe('storing trust files', () => {
  let home: string;
  beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'onecli-trust-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  it('closes file and directory to others, and replaces what is there', () => {
    const directory = join(home, '.onecli');
    const path = join(directory, 'gateway-ca.pem');
    storeTrust(directory, [{ path, content: pem('OLD') }]);
    storeTrust(directory, [{ path, content: pem('NEW') }]);
    expect(readFileSync(path, 'utf8')).toBe(pem('NEW'));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('leaves a file alone that says the same already', () => {
    const directory = join(home, '.onecli');
    const path = join(directory, 'gateway-ca.pem');
    storeTrust(directory, [{ path, content: pem('SAME') }]);
    const { ino } = statSync(path);
    storeTrust(directory, [{ path, content: pem('SAME') }]);
    expect(statSync(path).ino).toBe(ino);
  });

  it('says what to do when the place cannot be written', () => {
    const path = join(home, 'taken.pem');
    mkdirSync(path);
    expect(() => storeTrust(home, [{ path, content: pem('ONE') }])).toThrow(Failure);
  });
});
