import { closeFrame } from './close-frame.js';

describe('a close frame', () => {
  it('to an agent is the code and the reason as they are', () => {
    expect(closeFrame(1001, 'bye').toString('hex')).toBe('880503e9627965');
  });

  it('to a server is masked with the given bytes', () => {
    const frame = closeFrame(1008, 'no', Buffer.from([0x01, 0x02, 0x03, 0xff]));
    // 03 f0 6e 6f, each byte xor its mask byte.
    expect(frame.toString('hex')).toBe('8884010203ff02f26d90');
  });
});
