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
 * One file of a journal, mapped into memory: what a process wrote there is kept by the kernel, also when the process
 * is killed. It is made full of zeros, so that a full disk shows then and not as a fault in mapped memory.
 *
 * The head is 32 bytes: what it is, and what became of it. Behind it stand records (see record.ts) or totals.
 */
export interface Segment {
  readonly path: string;
  readonly bytes: Buffer;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

export const SEGMENT_BYTES = 1_048_576;

/** Where what follows the head begins. */
export const HEAD_BYTES = 32;

/** The first word of each file: it changes with the layout. */
const MAGIC = 0x54385631;

/** The word of the head that says whether its writer is done with it. */
const SEALED = 1;

/** The word that says whether the database has all of it, and the row that says so may go. */
const FINISHED = 2;

const zeros = new Uint8Array(SEGMENT_BYTES);

/** @throws the system's error where there is no room for it */
export function createSegment(path: string): Segment {
  const temporary = `${path}.new`;
  try {
    const file = openSync(temporary, "wx", 0o600);
    try {
      if (writeSync(file, zeros) !== zeros.length) throw new Error("No room for a journal.");
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

/** A segment that some process made; null where it is none, or gone. */
export function openSegment(path: string): Segment | null {
  try {
    if (statSync(path).size !== SEGMENT_BYTES) return null;
    const segment = mapFile(path, path);
    return segment.words[0] === MAGIC ? segment : null;
  } catch {
    return null;
  }
}

/** Its writer adds nothing more. */
export function seal({ words }: Segment): void {
  Atomics.store(words, SEALED, 1);
}

export function isSealed({ words }: Segment): boolean {
  return Atomics.load(words, SEALED) === 1;
}

/** All of it is saved: nobody reads it any more. */
export function finish({ words }: Segment): void {
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
