import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  unlinkSync,
  writeSync,
} from "node:fs";

/**
 * Memory that every process of this machine shares: a file, created full of zeros if it is missing.
 * @throws the system's error if the disk is full
 */
export function mapFile(path: string, bytes: number): Uint8Array<ArrayBuffer> {
  if (!existsSync(path)) createZeroed(path, bytes);
  return Bun.mmap(path);
}

/** Zeros are written out, so that a full disk shows here and not as a fault in mapped memory. */
function createZeroed(path: string, bytes: number): void {
  const temporary = `${path}.${process.pid}`;
  const file = openSync(temporary, "w", 0o600);
  try {
    if (writeSync(file, new Uint8Array(bytes)) !== bytes)
      throw new Error(`No disk space for ${path}`);
    fsyncSync(file);
    linkUnlessThere(temporary, path);
  } finally {
    closeSync(file);
    unlinkSync(temporary);
  }
}

/** Not a rename: it would part us from a process that has mapped the file meanwhile. */
function linkUnlessThere(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
