import { dlopen } from "bun:ffi";
import { closeSync, existsSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** POSIX_FADV_DONTNEED of posix_fadvise(2). */
const DONTNEED = 4;

/** Drops these folders from the page cache, as after a reboot. */
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
    // Pages that are not on disk yet cannot be dropped.
    fsyncSync(open);
    advise(open, 0, 0, DONTNEED);
  } finally {
    closeSync(open);
  }
}

function listFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
