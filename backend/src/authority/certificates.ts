import { generateKeyPairSync, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import { ipOctets } from './ip-octets.js';
import * as x509 from './x509.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Clients' clocks go wrong; an hour covers a forgotten time zone step and most drifting virtual machines. */
const BACKDATED = HOUR;
const ROOT_YEARS = 10;
const LEAF_LIFETIME = 7 * DAY;
/** ub-common-name of RFC 5280, appendix A.1. */
const LONGEST_COMMON_NAME = 64;
const LONGEST_HOST = 253;

/** The gateway's own authority, able to sign. */
export interface RootCertificate {
  readonly certificatePem: string;
  readonly certificateDer: Buffer;
  readonly privateKey: KeyObject;
  /** SHA-256 in upper-case hex pairs with colons, as OpenSSL and browsers show it. */
  readonly fingerprint256: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly subject: x509.Asn1;
  readonly keyIdentifier: Buffer;
}

export interface KeyPair {
  readonly publicPoint: x509.PublicPoint;
  readonly privateKey: KeyObject;
}

export interface LeafCertificate {
  readonly certificatePem: string;
  readonly notAfter: Date;
}

export interface LeafOrder {
  readonly root: RootCertificate;
  /** Canonical: lower case, ASCII, without trailing dot; an IPv6 address with or without brackets. */
  readonly host: string;
  readonly now: Date;
  readonly publicPoint: x509.PublicPoint;
}

/**
 * A new root: ECDSA P-256, 10 years, signs leaves only (`pathlen:0`). Its name ends in random letters, for two roots of one
 * name in a trust store make OpenSSL and NSS try the wrong one.
 */
export function makeRoot(now: Date): RootCertificate {
  const { publicPoint, privateKey } = makeKeyPair();
  const name = x509.distinguishedName(`OneCLI Gateway Root ${randomBytes(4).toString('hex')}`);
  const notAfter = wholeSeconds(now);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + ROOT_YEARS);
  const certificate = x509.signCertificate(
    {
      issuer: name,
      subject: name,
      notBefore: new Date(wholeSeconds(now).getTime() - BACKDATED),
      notAfter,
      publicPoint,
      extensions: [
        x509.basicConstraints.authorityOfLeaves,
        x509.keyUsage.keyCertSignAndCrlSign,
        x509.subjectKeyIdentifier(x509.keyIdentifier(publicPoint)),
      ],
    },
    privateKey,
  );
  return readRoot(x509.pemOf(certificate), privateKey);
}

/** A root that was stored. Throws a TypeError when certificate and key do not belong together. */
export function readRoot(certificatePem: string, privateKey: KeyObject): RootCertificate {
  const certificate = new X509Certificate(certificatePem);
  if (!certificate.checkPrivateKey(privateKey))
    throw new TypeError('the root certificate is not that of its private key');
  return {
    certificatePem,
    certificateDer: certificate.raw,
    privateKey,
    fingerprint256: certificate.fingerprint256,
    notBefore: new Date(certificate.validFromDate),
    notAfter: new Date(certificate.validToDate),
    subject: x509.subjectOf(certificate.raw),
    keyIdentifier: x509.keyIdentifier(x509.publicPointOf(certificate.publicKey)),
  };
}

/** An ECDSA P-256 pair: the kind that every TLS client of the last decade takes, and the cheapest to sign with. */
export function makeKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { publicPoint: x509.publicPointOf(publicKey), privateKey };
}

/**
 * A server certificate for one host, 7 days long and never past its root. A DNS name or an address becomes the subject
 * alternative name; a wildcard is no host. Costs one signature. Throws a RangeError when the host cannot stand in a certificate.
 */
export function makeLeaf({ root, host, now, publicPoint }: LeafOrder): LeafCertificate {
  const octets = ipOctets(host);
  if (octets === undefined && !/^[a-z0-9._-]+$/.test(host)) throw new RangeError('not a canonical host');
  if (host.length > LONGEST_HOST) throw new RangeError(`a host has at most ${LONGEST_HOST} characters`);
  const commonName = host.length <= LONGEST_COMMON_NAME ? host.replaceAll(/[[\]]/g, '') : undefined;
  const notAfter = new Date(Math.min(wholeSeconds(now).getTime() + LEAF_LIFETIME, root.notAfter.getTime()));
  const certificate = x509.signCertificate(
    {
      issuer: root.subject,
      subject: x509.distinguishedName(commonName),
      notBefore: new Date(wholeSeconds(now).getTime() - BACKDATED),
      notAfter,
      publicPoint,
      extensions: [
        x509.basicConstraints.leaf,
        x509.keyUsage.digitalSignature,
        x509.serverAuth,
        x509.subjectKeyIdentifier(x509.keyIdentifier(publicPoint)),
        x509.authorityKeyIdentifier(root.keyIdentifier),
        x509.subjectAlternativeName(octets ?? host, commonName === undefined ? 'critical' : 'optional'),
      ],
    },
    root.privateKey,
  );
  return { certificatePem: x509.pemOf(certificate), notAfter };
}

/** Certificates have no fractions of a second. */
function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}
