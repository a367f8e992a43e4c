/** What a RecentMap can hold: it marks an entry that was asked for. */
export interface Recent {
  used: boolean;
}

/**
 * A map of bounded size that forgets what was not asked for of late: second chance over the order in which
 * entries were added (Corbato's CLOCK). Reading costs one look-up and one write, where keeping the exact order of use
 * (LRU) costs several times that.
 */
export class RecentMap<Value extends Recent> {
  readonly #entries = new Map<string, Value>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) value.used = true;
    return value;
  }

  set(key: string, value: Value): void {
    if (this.#entries.size >= this.#capacity && !this.#entries.has(key)) this.#forgetOne();
    this.#entries.set(key, value);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The oldest entry goes, unless it was asked for: then it loses its mark and goes to the end. */
  #forgetOne(): void {
    for (const [key, value] of this.#entries) {
      this.#entries.delete(key);
      if (!value.used) return;
      value.used = false;
      this.#entries.set(key, value);
    }
  }
}
