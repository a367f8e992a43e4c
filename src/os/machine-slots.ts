import { closeSync, openSync } from "node:fs";
import { claimFile, releaseFile } from "./machine-lock.ts";

/** Pause between two attempts to get a slot. */
const RETRY_MS = 5;

/**
 * A few slots that all processes of a machine share, each a locked file: for work that takes much memory. The kernel
 * releases the slots of a process that ends.
 */
export class MachineSlots {
  readonly #files: readonly number[];
  readonly #held = new Set<number>();

  /** @param path of the files, without their numbers */
  constructor(path: string, count: number) {
    this.#files = Array.from({ length: count }, (_, at) => openSync(`${path}-${at}`, "a", 0o600));
  }

  /** Waits for a slot without blocking the thread; returns what releases it. */
  async acquire(): Promise<() => void> {
    for (;;) {
      const file = this.#files.find((file) => !this.#held.has(file) && claimFile(file));
      if (file !== undefined) {
        this.#held.add(file);
        return () => this.#release(file);
      }
      await Bun.sleep(RETRY_MS);
    }
  }

  close(): void {
    for (const file of this.#files) closeSync(file);
  }

  #release(file: number): void {
    releaseFile(file);
    this.#held.delete(file);
  }
}
