import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../clock.ts";
import { claimFile, claimPath } from "../../os/machine-lock.ts";
import { makeUuid } from "../blob.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** `live`: being written by a process of this machine; `dead`: its process has ended; `foreign`: of another machine. */
type DraftState = "live" | "dead" | "foreign";

/**
 * Which processes of this machine write drafts. A process that does has a locked file in the run folder, after which its
 * drafts are named: the folder of stored files, which may be on a share, needs no locks. The kernel releases the lock of
 * a process that ends.
 */
export class DraftClaims {
  readonly #folder: string;
  readonly #random: Random;
  #claim: { readonly id: string; readonly lock: Disposable } | null = null;
  #drafts = 0;

  /** @param folder in the run folder */
  constructor(folder: string, random: Random) {
    this.#folder = folder;
    this.#random = random;
  }

  /** Returns the name of a new draft; `leave` when it is gone. */
  enter(): string {
    this.#claim ??= this.#lock();
    this.#drafts++;
    return `${this.#claim.id}.${makeUuid(this.#random)}`;
  }

  leave(): void {
    if (--this.#drafts > 0 || this.#claim === null) return;
    rmSync(join(this.#folder, this.#claim.id), { force: true });
    this.#claim.lock[Symbol.dispose]();
    this.#claim = null;
  }

  /** @param name of a draft */
  stateOf(name: string): DraftState {
    const [id = ""] = name.split(".", 1);
    if (id === this.#claim?.id) return "live";
    return UUID.test(id) && name !== id ? stateOfClaim(join(this.#folder, id)) : "foreign";
  }

  /** Deletes the files of processes that have ended, after their drafts. */
  sweep(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (const id of readdirSync(this.#folder)) {
      const path = join(this.#folder, id);
      if (id !== this.#claim?.id && stateOfClaim(path) === "dead") rmSync(path, { force: true });
    }
  }

  /** Another process may sweep the file before it is locked. */
  #lock(): { readonly id: string; readonly lock: Disposable } {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const id = makeUuid(this.#random);
      const path = join(this.#folder, id);
      const lock = claimPath(path);
      if (lock !== null && stateOfClaim(path) === "live") return { id, lock };
      lock?.[Symbol.dispose]();
    }
  }
}

function stateOfClaim(path: string): DraftState {
  using opened = new DisposableStack();
  try {
    const file = opened.adopt(openSync(path, "r"), closeSync);
    return claimFile(file) ? "dead" : "live";
  } catch {
    return "foreign";
  }
}
