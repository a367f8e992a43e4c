import {
  closeSync,
  existsSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from "node:fs";

/**
 * One file of a journal, mapped into memory: the kernel keeps what a process wrote there even if the process is killed.
 * It is created full of zeros, so that a full disk is an error then, and not a fault in mapped memory.
 *
 * The head is 32 bytes: a magic number and the two marks of its state (see journal-folder.ts). Records
 * (visit-record.ts) or totals (overflow.ts) follow.
 */
export interface Segment {
  readonly path: string;
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

export const SEGMENT_BYTES = 1_048_576;

/** Size of the head. */
export const HEAD_BYTES = 32;

/** First word of each file; it changes with the layout. Files of former layouts have no records with details. */
const MAGIC = 0x54385633;
const READ_MAGICS: ReadonlySet<number> = new Set([MAGIC, 0x54385632, 0x54385631]);

/** Word of the head that is 1 when its process writes nothing more. */
const SEALED = 1;

/** Word of the head that is 1 when the database has all of it, so its row may be deleted. */
const FINISHED = 2;

const zeros = new Uint8Array(SEGMENT_BYTES);

/** @throws the system's error where the disk is full */
export function createSegment(path: string): Segment {
  const temporary = `${path}.new`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      if (writeSync(file, zeros) !== zeros.length) throw new Error("ENOSPC");
    } finally {
      closeSync(file);
    }
    const segment = mapFile(temporary, path);
    segment.words[0] = MAGIC;
    renameSync(temporary, path);
    return segment;
  } catch (error) {
    if (existsSync(temporary)) unlinkSync(temporary);
    throw error;
  }
}

/** Opens a segment of any process; null if the file is not a segment, or gone. */
export function openSegment(path: string): Segment | null {
  try {
    if (statSync(path).size !== SEGMENT_BYTES) return null;
    const segment = mapFile(path, path);
    return READ_MAGICS.has(segment.words[0] ?? 0) ? segment : null;
  } catch {
    return null;
  }
}

/** Marks a segment as complete. */
export function seal({ words }: Segment): void {
  Atomics.store(words, SEALED, 1);
}

export function isSealed({ words }: Segment): boolean {
  return Atomics.load(words, SEALED) === 1;
}

/** Marks a segment as saved: no process reads it any more. */
export function markFinished({ words }: Segment): void {
  Atomics.store(words, FINISHED, 1);
}

export function isFinished({ words }: Segment): boolean {
  return Atomics.load(words, FINISHED) === 1;
}

function mapFile(file: string, path: string): Segment {
  const { buffer, byteOffset, byteLength } = Bun.mmap(file);
  return {
    path,
    bytes: Buffer.from(buffer, byteOffset, byteLength),
    words: new Uint32Array(buffer, byteOffset, byteLength / 4),
    doubles: new Float64Array(buffer, byteOffset, byteLength / 8),
  };
}
