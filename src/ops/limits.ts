import { isIPv6 } from "node:net";
import type { Clock } from "../chance.ts";

export interface RateLimitParts {
  readonly perMinute: number;
  /** How many are let through at once after a quiet time. */
  readonly burst: number;
  /** How many keys are remembered; beyond that the one unused for longest is forgotten. */
  readonly capacity: number;
  readonly clock: Clock;
}

export type Verdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly retryAfterSeconds: number };

/** So much a minute for each key, by the generic cell rate algorithm: one number a key, no timers. */
export class RateLimit {
  /** Milliseconds until one taken place is free again. */
  readonly #interval: number;
  /** The longest debt, in milliseconds: a whole burst. */
  readonly #span: number;
  readonly #capacity: number;
  readonly #clock: Clock;
  /** When each key's debt will be paid, in milliseconds since 1970; least recently used first. */
  readonly #paidAt = new Map<string, number>();

  constructor({ perMinute, burst, capacity, clock }: RateLimitParts) {
    this.#interval = 60_000 / perMinute;
    this.#span = burst * this.#interval;
    this.#capacity = capacity;
    this.#clock = clock;
  }

  /** Takes a place if there is one. A refusal costs nothing. */
  take(key: string): Verdict {
    const now = this.#clock();
    const paidAt = this.#paidAtOf(key, now);
    const wait = paidAt + this.#interval - this.#span - now;
    this.#remember(key, wait > 0 ? paidAt : paidAt + this.#interval);
    if (wait > 0) return { allowed: false, retryAfterSeconds: Math.ceil(wait / 1000) };
    return { allowed: true };
  }

  /** Returns one taken place: what it was taken for did not count after all. */
  giveBack(key: string): void {
    const paidAt = this.#paidAt.get(key);
    if (paidAt !== undefined) this.#paidAt.set(key, paidAt - this.#interval);
  }

  /** Forgets all that was taken. */
  reset(key: string): void {
    this.#paidAt.delete(key);
  }

  /** Never more than a whole burst ahead, or a clock set back would lock the key until it catches up. */
  #paidAtOf(key: string, now: number): number {
    const paidAt = this.#paidAt.get(key) ?? now;
    return Math.min(Math.max(paidAt, now), now + this.#span);
  }

  #remember(key: string, paidAt: number): void {
    this.#paidAt.delete(key);
    this.#paidAt.set(key, paidAt);
    if (this.#paidAt.size <= this.#capacity) return;
    for (const oldest of this.#paidAt.keys()) {
      this.#paidAt.delete(oldest);
      return;
    }
  }
}

/**
 * Who is one caller for a limit: an IPv4 address, or the /64 of an IPv6 one, since a household has a whole /64.
 * Anything else ("local") stays as it is.
 */
export function networkOf(address: string): string {
  const plain = address.replace(/%.*$/, "");
  if (!isIPv6(plain)) return address;
  const groups = expandIPv6(plain);
  const [high = 0, low = 0] = groups.slice(6);
  if (isMapped(groups)) return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}

/** Whether this is ::ffff:a.b.c.d, an IPv4 address as a dual-stack socket shows it. */
function isMapped(groups: readonly number[]): boolean {
  return groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
}

/** The eight 16-bit groups of a valid IPv6 address. */
function expandIPv6(address: string): number[] {
  const [head = "", tail] = address.split("::");
  if (tail === undefined) return groupsOf(head);
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function groupsOf(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((group) => {
    if (!group.includes(".")) return [Number.parseInt(group, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = group.split(".").map(Number);
    return [a * 256 + b, c * 256 + d];
  });
}
