import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, rmdir, stat, unlink, type FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** A file of batches. `durableBytes` of it are on disk for certain; it is sealed when nothing more is appended. */
export interface Segment {
  readonly path: string;
  durableBytes: number;
  sealed: boolean;
}

interface OpenSegment {
  readonly segment: Segment;
  readonly file: FileHandle;
  bytes: number;
  readonly openedAt: number;
}

export interface SpoolOptions {
  /** The directory that all replicas' spools are in. */
  readonly root: string;
  readonly replica: string;
  /** Bytes. */
  readonly segmentBytes?: number;
  /** Milliseconds. */
  readonly segmentAge?: number;
}

const SEGMENT_BYTES = 4 * 1024 * 1024;
const SEGMENT_AGE_MS = 1000;
const SEGMENT_SUFFIX = '.spool';

export function isSegment(name: string): boolean {
  return name.endsWith(SEGMENT_SUFFIX);
}

/**
 * An append-only journal in a directory of this process's own, as a queue of segment files. One caller appends and syncs;
 * another reads durable bytes and removes what it has passed on.
 */
export class Spool {
  readonly directory: string;
  readonly #segments: Segment[] = [];
  readonly #segmentBytes: number;
  readonly #segmentAge: number;
  #current: OpenSegment | undefined;
  #counter = 0;

  private constructor(
    readonly root: string,
    replica: string,
    options: SpoolOptions,
  ) {
    this.directory = join(root, `${replica}~${Date.now().toString(36)}${randomBytes(4).toString('hex')}`);
    this.#segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    this.#segmentAge = options.segmentAge ?? SEGMENT_AGE_MS;
  }

  /** Makes the directory, closed to others. Throws what the file system says. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options.root, options.replica, options);
    await mkdir(spool.directory, { recursive: true, mode: 0o700 });
    return spool;
  }

  /** Segments that still hold batches, oldest first. */
  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Bytes on disk. */
  get bytes(): number {
    const sealed = this.#segments.reduce((sum, segment) => sum + (segment.sealed ? segment.durableBytes : 0), 0);
    return sealed + (this.#current?.bytes ?? 0);
  }

  /** Appends without waiting for the disk; {@link sync} makes it durable. A failure seals the segment and throws. */
  async append(batch: Buffer): Promise<void> {
    const current = this.#current ?? (await this.#openSegment());
    try {
      let written = 0;
      while (written < batch.length) written += (await current.file.write(batch, written)).bytesWritten;
      current.bytes += batch.length;
    } catch (error) {
      await this.seal();
      throw error;
    }
  }

  /**
   * Makes everything appended durable. Answers false when the segment is no longer ours: another replica took it because
   * this process was silent for too long, and may have missed its end; what was appended since the last sync must be appended again.
   */
  async sync(): Promise<boolean> {
    const current = this.#current;
    if (current === undefined) return true;
    try {
      await current.file.datasync();
      if (!(await isAt(current.file, current.segment.path))) {
        await this.#forget(current.segment);
        return false;
      }
      current.segment.durableBytes = current.bytes;
    } catch (error) {
      await this.seal();
      throw error;
    }
    if (current.bytes >= this.#segmentBytes) await this.seal();
    return true;
  }

  /** Seals a segment that has been open for long enough, so that it can be removed once it was passed on. */
  async sealIfDue(): Promise<void> {
    if (this.#current !== undefined && performance.now() - this.#current.openedAt >= this.#segmentAge)
      await this.seal();
  }

  async seal(): Promise<void> {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    current.segment.durableBytes = await sizeOf(current.file, current.bytes);
    current.segment.sealed = true;
    await current.file.close();
  }

  /** Takes a segment of an abandoned spool. False when another replica was faster: renaming is the lease. */
  async adopt(path: string): Promise<boolean> {
    const own = join(this.directory, basename(path));
    try {
      await rename(path, own);
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
    this.#segments.unshift({ path: own, durableBytes: (await stat(own)).size, sealed: true });
    this.#segments.sort((one, other) => (basename(one.path) < basename(other.path) ? -1 : 1));
    return true;
  }

  /** The durable bytes from an offset on; undefined when the segment was taken from us. */
  async read(segment: Segment, offset: number): Promise<Buffer | undefined> {
    let file: FileHandle;
    try {
      file = await open(segment.path, 'r');
    } catch (error) {
      if (!isGone(error)) throw error;
      await this.#forget(segment);
      return undefined;
    }
    try {
      const bytes = Buffer.alloc(segment.durableBytes - offset);
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, offset + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await file.close();
    }
  }

  /** Removes a sealed segment whose batches were all passed on. */
  async remove(segment: Segment): Promise<void> {
    await this.#forget(segment);
    await unlink(segment.path).catch(ignoreGone);
  }

  /** Removes the directory when nothing is left in it; otherwise a later process adopts it. */
  async close(): Promise<void> {
    await this.seal();
    const left = await readdir(this.directory).catch(() => []);
    if (left.some(isSegment)) return;
    await rm(this.directory, { recursive: true, force: true });
  }

  async #openSegment(): Promise<OpenSegment> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    this.#counter += 1;
    const name = [
      Date.now().toString().padStart(15, '0'),
      this.#counter.toString().padStart(9, '0'),
      randomBytes(4).toString('hex'),
    ];
    const path = join(this.directory, name.join('-') + SEGMENT_SUFFIX);
    const file = await open(path, 'ax', 0o600);
    await syncDirectory(this.directory);
    const segment: Segment = { path, durableBytes: 0, sealed: false };
    this.#segments.push(segment);
    this.#current = { segment, file, bytes: 0, openedAt: performance.now() };
    return this.#current;
  }

  async #forget(segment: Segment): Promise<void> {
    const index = this.#segments.indexOf(segment);
    if (index >= 0) this.#segments.splice(index, 1);
    if (this.#current?.segment !== segment) return;
    const { file } = this.#current;
    this.#current = undefined;
    await file.close();
  }
}

/** Removes the directory of a spool whose segments were adopted. What was added meanwhile stays. */
export async function removeEmptied(directory: string): Promise<void> {
  const left = await readdir(directory).catch(() => [] as string[]);
  if (left.some(isSegment)) return;
  for (const name of left) await unlink(join(directory, name)).catch(ignoreGone);
  await rmdir(directory).catch(() => undefined);
}

/** Whether the open file is still the one that the path names. */
async function isAt(file: FileHandle, path: string): Promise<boolean> {
  const [opened, named] = await Promise.all([file.stat(), stat(path).catch(() => undefined)]);
  return named?.ino === opened.ino && named.dev === opened.dev;
}

async function sizeOf(file: FileHandle, otherwise: number): Promise<number> {
  return (await file.stat().catch(() => undefined))?.size ?? otherwise;
}

/** A new file's name is durable only once its directory was synced (open(2), fsync(2)). */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

function ignoreGone(error: unknown): void {
  if (!isGone(error)) throw error;
}
