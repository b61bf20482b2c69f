/** Status codes of RFC 6455, 7.4.1. */
export type CloseCode = 1001 | 1008;

const FIN_AND_CLOSE = 0x88;
const MASKED = 0x80;

/**
 * A close frame (RFC 6455, 5.5.1). What goes to a server is masked with four unpredictable bytes (5.3), what comes from one is
 * not. The reason is ASCII, at most 123 bytes.
 */
export function closeFrame(code: CloseCode, reason: string, mask?: Uint8Array): Buffer {
  const payload = Buffer.alloc(2 + reason.length);
  payload.writeUInt16BE(code);
  payload.write(reason, 2, 'ascii');
  if (mask === undefined) return Buffer.concat([Buffer.from([FIN_AND_CLOSE, payload.length]), payload]);
  const masked = payload.map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return Buffer.concat([Buffer.from([FIN_AND_CLOSE, MASKED | payload.length]), mask, masked]);
}
