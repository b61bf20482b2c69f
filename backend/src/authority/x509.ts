import { createHash, randomBytes, sign, type KeyObject } from 'node:crypto';
import forge from 'node-forge';

/**
 * The parts of an X.509 certificate (RFC 5280) in DER. node-forge encodes; it signs no ECDSA, so node:crypto signs.
 */
const { asn1 } = forge;
const { Class, Type } = asn1;
export type Asn1 = forge.asn1.Asn1;

const P256_SPKI_BYTES = 91;
const P256_POINT_BYTES = 65;
const FIRST_YEAR_OF_GENERALIZED_TIME = 2050;

/** An ECDSA P-256 public key as an uncompressed point (SEC 1 section 2.3.3): what a certificate holds. */
export type PublicPoint = Buffer;

/** What a certificate is made of. */
export interface CertificateContent {
  readonly issuer: Asn1;
  readonly subject: Asn1;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly publicPoint: PublicPoint;
  readonly extensions: readonly Asn1[];
}

/** The certificate in DER, signed with ECDSA P-256 and SHA-256 by the issuer's key. */
export function signCertificate(content: CertificateContent, issuerKey: KeyObject): Buffer {
  const toBeSigned = sequence(
    context(0, [integer('\x02')]),
    integer(serialNumber()),
    ECDSA_WITH_SHA256,
    content.issuer,
    sequence(time(content.notBefore), time(content.notAfter)),
    content.subject,
    subjectPublicKeyInfo(content.publicPoint),
    context(3, [sequence(...content.extensions)]),
  );
  const signature = sign('sha256', derOf(toBeSigned), issuerKey);
  return derOf(sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature)));
}

export function pemOf(certificate: Uint8Array): string {
  const lines = Buffer.from(certificate)
    .toString('base64')
    .replaceAll(/(.{64})(?=.)/g, '$1\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** A name with one common name, or none: an empty name is for certificates whose subject alternative name says it all. */
export function distinguishedName(commonName: string | undefined): Asn1 {
  if (commonName === undefined) return sequence();
  const attribute = sequence(oid('2.5.4.3'), primitive(Type.UTF8, forge.util.encodeUtf8(commonName)));
  return sequence(asn1.create(Class.UNIVERSAL, Type.SET, true, [attribute]));
}

/** The subject of a certificate, as it is encoded there: names are compared by their bytes. */
export function subjectOf(certificate: Uint8Array): Asn1 {
  const toBeSigned = asn1.fromDer(binary(certificate)).value[0];
  const subject = typeof toBeSigned === 'object' ? toBeSigned.value[5] : undefined;
  if (typeof subject !== 'object') throw new TypeError('this is not an X.509 version 3 certificate');
  return subject;
}

/** RFC 7093 section 2, method 1: the leftmost 160 bits of SHA-256 over the public key. */
export function keyIdentifier(publicPoint: PublicPoint): Buffer {
  return createHash('sha256').update(publicPoint).digest().subarray(0, 20);
}

/** Exporting a key costs more than signing with one: done once per key. Throws a TypeError for keys of other kinds. */
export function publicPointOf(publicKey: KeyObject): PublicPoint {
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  if (publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1' || spki.length !== P256_SPKI_BYTES) {
    throw new TypeError('certificates are made for ECDSA P-256 keys with an uncompressed point');
  }
  return spki.subarray(-P256_POINT_BYTES);
}

export const basicConstraints = {
  /** Signs leaves and no further authority. */
  authorityOfLeaves: extension('2.5.29.19', 'critical', sequence(primitive(Type.BOOLEAN, '\xff'), integer('\x00'))),
  /** DER leaves out what is the default, so `CA:FALSE` is an empty sequence. */
  leaf: extension('2.5.29.19', 'critical', sequence()),
};

/** Bit strings of RFC 5280 section 4.2.1.3: the count of unused bits, then the bits from the left. */
export const keyUsage = {
  digitalSignature: extension('2.5.29.15', 'critical', primitive(Type.BITSTRING, '\x07\x80')),
  keyCertSignAndCrlSign: extension('2.5.29.15', 'critical', primitive(Type.BITSTRING, '\x01\x06')),
};

export const serverAuth = extension('2.5.29.37', 'optional', sequence(oid('1.3.6.1.5.5.7.3.1')));

export function subjectKeyIdentifier(identifier: Uint8Array): Asn1 {
  return extension('2.5.29.14', 'optional', primitive(Type.OCTETSTRING, binary(identifier)));
}

export function authorityKeyIdentifier(identifier: Uint8Array): Asn1 {
  return extension('2.5.29.35', 'optional', sequence(contextPrimitive(0, binary(identifier))));
}

/** A DNS name in ASCII, or the bytes of an address. Critical when the subject is empty (RFC 5280 section 4.2.1.6). */
export function subjectAlternativeName(name: string | Uint8Array, criticality: Criticality): Asn1 {
  const general = typeof name === 'string' ? contextPrimitive(2, name) : contextPrimitive(7, binary(name));
  return extension('2.5.29.17', criticality, sequence(general));
}

/** In the context-specific class a tag is a bare number; forge's typings know it by the universal type of that number. */
const CONTEXT_TAG = { 0: Type.NONE, 2: Type.INTEGER, 3: Type.BITSTRING, 7: Type.ODESC } as const;
type ContextTag = keyof typeof CONTEXT_TAG;

type Criticality = 'critical' | 'optional';

function extension(id: string, criticality: Criticality, value: Asn1): Asn1 {
  const critical = criticality === 'critical' ? [primitive(Type.BOOLEAN, '\xff')] : [];
  return sequence(oid(id), ...critical, primitive(Type.OCTETSTRING, asn1.toDer(value).getBytes()));
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/**
 * 127 bits, positive, and with its highest bit set, so that the encoding is minimal by itself. 126 random bits are more
 * than the 64 that public authorities owe, and replicas that mint for one host at once never give two leaves one number.
 */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return binary(bytes);
}

/** UTCTime has two digits for the year: RFC 5280 section 4.1.2.5 demands it through 2049 and the other from 2050 on. */
function time(date: Date): Asn1 {
  return date.getUTCFullYear() < FIRST_YEAR_OF_GENERALIZED_TIME
    ? primitive(Type.UTCTIME, asn1.dateToUtcTime(date))
    : primitive(Type.GENERALIZEDTIME, asn1.dateToGeneralizedTime(date));
}

function subjectPublicKeyInfo(publicPoint: PublicPoint): Asn1 {
  return sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), bitString(publicPoint));
}

function sequence(...items: Asn1[]): Asn1 {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
}

function primitive(type: forge.asn1.Type, value: string): Asn1 {
  return asn1.create(Class.UNIVERSAL, type, false, value);
}

function context(tag: ContextTag, items: Asn1[]): Asn1 {
  return asn1.create(Class.CONTEXT_SPECIFIC, CONTEXT_TAG[tag], true, items);
}

function contextPrimitive(tag: ContextTag, value: string): Asn1 {
  return asn1.create(Class.CONTEXT_SPECIFIC, CONTEXT_TAG[tag], false, value);
}

function integer(bytes: string): Asn1 {
  return primitive(Type.INTEGER, bytes);
}

function oid(dotted: string): Asn1 {
  return primitive(Type.OID, asn1.oidToDer(dotted).getBytes());
}

function bitString(bytes: Uint8Array): Asn1 {
  return primitive(Type.BITSTRING, '\x00' + binary(bytes));
}

function derOf(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
}

/** forge keeps bytes in strings, a code unit a byte. */
function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
