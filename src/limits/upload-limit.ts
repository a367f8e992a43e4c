import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { claimMoment } from "../os/machine-lock.ts";
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
      const claim = this.#claim(join(this.#parts.folder, `${userId}-${at}`));
      if (claim !== null) return claim;
    }
    throw new Problem("too_many", text.tooManyUploads(most), { retryAfterSeconds: 5 });
  }

  #claim(path: string): Disposable | null {
    try {
      mkdirSync(this.#parts.folder, { recursive: true, mode: 0o700 });
      return claimMoment(path);
    } catch (thrown) {
      throw explainDiskFull(thrown);
    }
  }
}
