import type { Clock } from "../clock.ts";
import type { Settings } from "../config/settings.ts";
import { Problem } from "../problem.ts";
import { Spool } from "./spool.ts";
import { text } from "./text.en.ts";

export interface RequestBodiesParts {
  /** Of files for the text of forms, without a name there. */
  readonly folder: string;
  /** A steady clock. */
  readonly clock: Clock;
  readonly settings: () => Pick<Settings, "limits.upload_bytes_per_second">;
}

/** Most bytes of forms that one process has in memory, and on disk. */
const MAX_HELD = 67_108_864;
const MAX_SPOOLED = 536_870_912;

/** Seconds before the least rate counts: a client may pause as long at any time. */
const GRACE_SECONDS = 30;

/** Seconds in which a form without files has to arrive. */
const FORM_SECONDS = 300;

/** What the forms under way in this process take together, and how long each may take. */
export class RequestBodies {
  readonly #parts: RequestBodiesParts;
  #held = 0;
  #spooled = 0;

  constructor(parts: RequestBodiesParts) {
    this.#parts = parts;
  }

  /** Bytes of forms in memory now. */
  get held(): number {
    return this.#held;
  }

  /** Bytes of forms on disk now. */
  get spooled(): number {
    return this.#spooled;
  }

  /**
   * Counts bytes of a form in memory; the negative number uncounts them.
   * @throws Problem `busy` beyond what all forms may have
   */
  hold(bytes: number): void {
    if (bytes > 0 && this.#held + bytes > MAX_HELD) throw tooMuch();
    this.#held += bytes;
  }

  /**
   * Counts bytes of a form on disk; as above.
   * @throws Problem `busy`
   */
  holdOnDisk(bytes: number): void {
    if (bytes > 0 && this.#spooled + bytes > MAX_SPOOLED) throw tooMuch();
    this.#spooled += bytes;
  }

  /** @param onDisk called once, before the first byte goes to disk; what it throws is thrown */
  spool(onDisk: () => void = () => {}): Spool {
    return new Spool({
      hold: (bytes) => this.hold(bytes),
      holdOnDisk: (bytes) => this.holdOnDisk(bytes),
      folder: this.#parts.folder,
      onDisk,
    });
  }

  /** Begins to time a body that arrives. */
  pace(): Pace {
    const { clock, settings } = this.#parts;
    return new Pace(clock, settings()["limits.upload_bytes_per_second"]);
  }
}

/** Times one body as it arrives: over all of it, since a byte now and then is no pause. */
export class Pace {
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #leastRate: number;
  #bytes = 0;
  #isUpload = false;

  /** @param leastRate bytes per second; 0 = none */
  constructor(clock: Clock, leastRate: number) {
    this.#clock = clock;
    this.#startedAt = clock();
    this.#leastRate = leastRate;
  }

  /** A file has begun, which may take as long as it needs at the least rate. */
  allowUpload(): void {
    this.#isUpload = true;
  }

  /** @throws Problem `timeout` for a body that arrives too slowly */
  note(bytes: number): void {
    this.#bytes += bytes;
    const seconds = (this.#clock() - this.#startedAt) / 1000;
    if (seconds <= GRACE_SECONDS) return;
    const isSlow = this.#bytes < (seconds - GRACE_SECONDS) * this.#leastRate;
    if (isSlow || (!this.#isUpload && seconds > FORM_SECONDS))
      throw new Problem("timeout", text.tooSlow);
  }
}

function tooMuch(): Problem {
  return new Problem("busy", text.tooManyForms, { retryAfterSeconds: 5 });
}
