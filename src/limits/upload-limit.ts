import { closeSync, fstatSync, mkdirSync, openSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { claimFile } from "../os/machine-lock.ts";
import { explainDiskFull } from "../os/system-error.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

export interface UploadLimitParts {
  /** Of files that all processes of the machine lock. */
  readonly folder: string;
  /** Uploads of one account at a time; 0 = unlimited. */
  readonly most: () => number;
}

/**
 * Counts the uploads of each account under way, over all processes of the machine: each holds one of a few locked
 * files. The kernel releases those of a process that ends.
 */
export class UploadLimit {
  readonly #parts: UploadLimitParts;

  constructor(parts: UploadLimitParts) {
    this.#parts = parts;
  }

  /**
   * Begins an upload; disposing of the result ends it.
   * @throws Problem `too_many`
   */
  begin(userId: number): Disposable {
    const most = this.#parts.most();
    if (most === 0) return { [Symbol.dispose]: () => {} };
    for (let at = 0; at < most; at++) {
      const path = join(this.#parts.folder, `${userId}-${at}`);
      const file = this.#claim(path);
      if (file !== null) return { [Symbol.dispose]: () => release(path, file) };
    }
    throw new Problem("too_many", text.tooManyUploads(most), { retryAfterSeconds: 5 });
  }

  #claim(path: string): number | null {
    for (;;) {
      const file = this.#open(path);
      const isClaimed = claimFile(file);
      // Another upload may have ended, and deleted the file, after it was opened here.
      if (isClaimed && fstatSync(file).nlink > 0) return file;
      closeSync(file);
      if (!isClaimed) return null;
    }
  }

  #open(path: string): number {
    try {
      mkdirSync(this.#parts.folder, { recursive: true, mode: 0o700 });
      return openSync(path, "a", 0o600);
    } catch (thrown) {
      throw explainDiskFull(thrown);
    }
  }
}

function release(path: string, file: number): void {
  unlinkSync(path);
  closeSync(file);
}
