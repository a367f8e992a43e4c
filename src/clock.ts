/** Milliseconds since 1970 UTC. Domain modules take the time from here, never from `Date.now()`, so that tests can fix it. */
export type Clock = () => number;

/** Cryptographically strong random bytes. */
export type Random = (bytes: number) => Uint8Array;

export const systemClock: Clock = () => Date.now();

export const systemRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));

/** Both clocks are read in whole milliseconds. */
const ROUNDING_MS = 1;

/**
 * The time of a site whose nodes share a database: that of the database's clock, whatever the clock of this machine
 * says. It runs on by the steady clock, so it goes on while the database is away. Each measurement is right to the
 * duration of its round trip, and moves the time only as far as it is certainly wrong: it never jumps to and fro.
 */
export class SiteClock {
  readonly #steady: Clock;
  /** The time minus the steady clock's. */
  #offset: number;

  /** @param machine the clock until the first measurement */
  constructor({ steady, machine }: { readonly steady: Clock; readonly machine: Clock }) {
    this.#steady = steady;
    this.#offset = machine() - steady();
  }

  readonly now: Clock = () => Math.floor(this.#steady() + this.#offset);

  /** Asks for the database's time and corrects this clock by it. */
  async measure(askTime: () => Promise<number>): Promise<void> {
    const sentAt = this.#steady();
    const time = await askTime();
    const [least, most] = [time - this.#steady() - ROUNDING_MS, time - sentAt + ROUNDING_MS];
    this.#offset = Math.min(Math.max(this.#offset, least), most);
  }
}
