const TARGET = "https://example.com/#";

/** A link that is edited again and again, with what was acknowledged of it. */
export class TrackedLink {
  readonly code: string;
  /** When each version was acknowledged, by `performance.now()`; those that were not have none. */
  readonly #acknowledgedAt = new Map<number, number>();
  #newest = 0;
  #acknowledged = 0;
  /** The outcome of an edit is not known, so none follows until `settle`. */
  isInDoubt = false;
  /** An edit is under way. */
  isBusy = false;
  /** Answers to openings. */
  answered = 0;
  /** Openings that may have been counted. */
  unknown = 0;

  constructor(code: string) {
    this.code = code;
  }

  static targetOf(version: number): string {
    return TARGET + version;
  }

  static versionOf(target: string): number {
    return target.startsWith(TARGET) ? Number(target.slice(TARGET.length)) : Number.NaN;
  }

  get newest(): number {
    return this.#newest;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  next(): number {
    this.#newest++;
    return this.#newest;
  }

  acknowledge(version: number, at: number): void {
    this.#acknowledged = version;
    this.#acknowledgedAt.set(version, at);
  }

  /** For how many milliseconds a later version had been acknowledged when this one was asked for; 0: for none. */
  ageOf(version: number, askedAt: number): number {
    for (let later = version + 1; later <= this.#newest; later++) {
      const at = this.#acknowledgedAt.get(later);
      if (at !== undefined) return Math.max(0, askedAt - at);
    }
    return 0;
  }

  /** Takes what the database holds when nothing is under way any more; returns what is wrong with it. */
  settle(version: number): string | null {
    this.isInDoubt = false;
    const isRight = version >= this.#acknowledged && version <= this.#newest;
    const wrong = isRight
      ? null
      : `${this.code} is at ${version}, acknowledged ${this.#acknowledged}`;
    this.acknowledge(version, performance.now());
    return wrong;
  }
}
