import type { Socket } from 'node:net';

/**
 * The first byte that comes, left unread; undefined when the socket ended, or stayed silent for `timeout` milliseconds and
 * was closed for it.
 */
export function firstByte(socket: Socket, timeout: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const finish = (byte: number | undefined): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('end', onEnd);
      socket.off('close', onEnd);
      resolve(byte);
    };
    const onData = (chunk: Buffer): void => {
      socket.pause();
      socket.unshift(chunk);
      finish(chunk[0]);
    };
    const onEnd = (): void => {
      finish(undefined);
      socket.destroy();
    };
    const timer = setTimeout(onEnd, timeout);
    socket.on('data', onData);
    socket.once('end', onEnd);
    socket.once('close', onEnd);
  });
}
