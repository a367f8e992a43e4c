import { dlopen } from "bun:ffi";
import { closeSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** posix_fadvise(2): the pages are not wanted any more. */
const DONTNEED = 4;

/** Lets the machine forget what it has of these folders in memory, as if it had just been started. */
export function forgetFiles(folders: readonly string[]): void {
  const libc = dlopen("libc.so.6", {
    posix_fadvise: { args: ["i32", "i64", "i64", "i32"], returns: "i32" },
  });
  try {
    for (const file of folders.flatMap(listFiles)) forgetFile(file, libc.symbols.posix_fadvise);
  } finally {
    libc.close();
  }
}

function forgetFile(file: string, advise: (...words: [number, number, number, number]) => number) {
  const open = openSync(file, "r");
  try {
    // A page that is not on the disk yet cannot be forgotten.
    fsyncSync(open);
    advise(open, 0, 0, DONTNEED);
  } finally {
    closeSync(open);
  }
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
