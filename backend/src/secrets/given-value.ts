import type { SecretType } from '../../../libs/contracts/secrets.js';
import { SecretValue } from '../crypto/secret-value.js';
import { DomainError } from '../persistence/domain-error.js';

const LARGEST_BYTES = 16_384;
const PREVIEW_LENGTH = 4;
/** Shorter values show nothing: four of twelve characters would be too much of them. */
const PREVIEW_FROM = 13;

// eslint-disable-next-line no-control-regex -- finding control characters is the point
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A value that somebody gave to keep. Throws VALIDATION, never repeating any of it. */
export function givenValue(text: string): SecretValue {
  if (text === '') throw invalid('The value is empty.');
  if (/[\r\n]/.test(text)) throw invalid('The value has a line break in it; was one copied along at the end?');
  if (text.includes('\0')) throw invalid('The value has a NUL character in it.');
  if (CONTROL.test(text)) throw invalid('The value has a control character in it.');
  if (Buffer.byteLength(text, 'utf8') > LARGEST_BYTES) throw invalid(`A value has at most ${LARGEST_BYTES} bytes.`);
  if (!text.isWellFormed()) throw invalid('The value is not well-formed Unicode.');
  return new SecretValue(text);
}

/** Whether it is a subscription's token, which Anthropic takes in another field than an API key. */
export function isOauthToken(type: SecretType, value: SecretValue): boolean {
  return type === 'anthropic' && value.reveal().startsWith('sk-ant-oat');
}

/** The last four characters, by which people tell their keys apart; null for values up to twelve characters. */
export function previewOf(value: SecretValue): string | null {
  const characters = Array.from(value.reveal());
  return characters.length < PREVIEW_FROM ? null : characters.slice(-PREVIEW_LENGTH).join('');
}

function invalid(message: string): DomainError {
  return DomainError.invalid({ path: 'value', message });
}
