import { AsyncLocalStorage } from "node:async_hooks";

/** Where a request's time can go, besides our own work. */
export type TracePart = "database" | "body" | "password" | "render";

const traces = new AsyncLocalStorage<Trace>();

/** One request on its way, for log and metrics: which it is, and where its time goes. */
export class Trace {
  readonly id: string;
  readonly #beganAt = performance.now();
  readonly #parts = new Map<TracePart, number>();
  /** The name of the URL; `none` while it is not known. */
  endpoint = "none";

  /** @param id identifies the request in the log and to the client */
  constructor(id: string) {
    this.id = id;
  }

  /** Does `work` as this request's: whatever it calls finds this trace by `currentTrace`. */
  run<Result>(work: () => Result): Result {
    return traces.run(this, work);
  }

  /** Milliseconds since the request arrived. */
  get tookMs(): number {
    return performance.now() - this.#beganAt;
  }

  /** So many milliseconds went to `part`; parts under way at once count each. */
  add(part: TracePart, ms: number): void {
    this.#parts.set(part, (this.#parts.get(part) ?? 0) + ms);
  }

  /** Whole milliseconds by part. */
  get parts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#parts].map(([part, ms]) => [part, Math.round(ms)]));
  }
}

/** The request that the calling code works for, if it does for one. */
export function currentTrace(): Trace | undefined {
  return traces.getStore();
}

/** Does `work`, and notes for the request under way that it was `part`. */
export async function timed<Result>(part: TracePart, work: () => Promise<Result>): Promise<Result> {
  const trace = currentTrace();
  if (trace === undefined) return await work();
  const before = performance.now();
  try {
    return await work();
  } finally {
    trace.add(part, performance.now() - before);
  }
}
