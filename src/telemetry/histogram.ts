import { named, type Series } from "./metric-series.ts";

/** A histogram of values. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** One for each bound, and one for what is above all of them. */
  readonly #counts: Float64Array;
  #sum = 0;

  /** @param bounds growing; a value belongs to the first that it does not exceed */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let at = 0;
    while (value > (this.#bounds[at] ?? Infinity)) at++;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += value;
  }

  /** Adds its series, as the histogram `name` with `labels`. */
  addTo(series: Series, name: string, labels: readonly (readonly [string, string])[] = []): void {
    let count = 0;
    for (const [at, counted] of this.#counts.entries()) {
      count += counted;
      const bound = this.#bounds[at];
      const le = bound === undefined ? "+Inf" : String(bound);
      series.set(named(`${name}_bucket`, [...labels, ["le", le]]), count);
    }
    series.set(named(`${name}_sum`, labels), this.#sum);
    series.set(named(`${name}_count`, labels), count);
  }
}
