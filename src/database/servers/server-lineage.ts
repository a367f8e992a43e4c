import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { text } from "../text.en.ts";
import type { ServerIdentity } from "./server-identity.ts";

const remembered = z.object({ system: z.string(), timeline: z.int().nonnegative() });

/**
 * The cluster that this machine has used, and its highest timeline. A server that was replaced by a promoted standby,
 * and comes back, has a lower one: what it lacks was acknowledged, so it is refused, also after a restart of Trunk8.
 */
export class ServerLineage {
  readonly #path: string;
  #known: z.infer<typeof remembered>;
  /** At a start, another cluster may have taken the place of the one before, as in an upgrade of PostgreSQL. */
  #isStarting = true;

  /** @param path the file that remembers it */
  constructor(path: string) {
    this.#path = path;
    this.#known = read(path);
  }

  /** The highest timeline so far; 0 if none is known. */
  get timeline(): number {
    return this.#known.timeline;
  }

  /** Why a server is not used; null if it may be. */
  refusalOf(server: ServerIdentity): string | null {
    const { system, timeline } = server;
    if (!server.isPrimary) return refuseStandby(server);
    const isOther = system !== this.#known.system && system !== "" && this.#known.system !== "";
    if (isOther) return this.#isStarting ? null : text.otherCluster;
    if (timeline === 0 || timeline >= this.#known.timeline) return null;
    return text.replaced(timeline, this.#known.timeline, this.#path);
  }

  /** Remembers a server that is used. */
  accept({ system, timeline }: ServerIdentity): void {
    this.#isStarting = false;
    if (timeline === 0 || (system === this.#known.system && timeline <= this.#known.timeline))
      return;
    this.#remember({ system, timeline });
  }

  /** Remembers the timeline that a transaction has begun on; false where it must not. */
  admit(timeline: number): boolean {
    if (timeline < this.#known.timeline) return false;
    if (timeline > this.#known.timeline) this.#remember({ ...this.#known, timeline });
    return true;
  }

  #remember(known: z.infer<typeof remembered>): void {
    this.#known = known;
    const draft = `${this.#path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.#known), { mode: 0o600 });
    renameSync(draft, this.#path);
  }
}

/** Why a standby is not used; null for a primary. */
export const refuseStandby = ({ isPrimary }: ServerIdentity): string | null =>
  isPrimary ? null : text.standby;

function read(path: string): z.infer<typeof remembered> {
  try {
    return remembered.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return { system: "", timeline: 0 }; // missing, or not written whole when the power failed
  }
}
