import type { Socket } from "bun";
import { runScript } from "./child.ts";
import { percentile } from "./stats.ts";

/*
 * An open loop: requests are due at a fixed rate whatever the server does, and a request's time runs from the
 * moment it was due. So a server that stands still is charged for everyone who would have come meanwhile.
 */

export interface PaceOrder {
  readonly port: number;
  readonly requestsFile: string;
  readonly seconds: number;
  readonly perSecond: number;
}

export interface PaceResult {
  readonly requests: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Opens links at an even rate, from a process of its own. */
export function runPace(order: PaceOrder): Promise<PaceResult> {
  return runScript<PaceResult>(import.meta.path, order);
}

const CONNECTIONS = 32;

/** Openings before the measured ones, while this process and the connections warm up. */
const WARM_UP_SECONDS = 0.5;

/** Read of the file, whatever its size: more text would cost this process pauses that look like the server's. */
const REQUEST_BYTES = 2_000_000;

/** Timers are too coarse for half a millisecond: the loop turns each time this has passed, in milliseconds. */
const BEAT_MS = 0.05;

/** One keep-alive connection: at most one request is under way on it. */
interface Lane {
  dueAt: number;
  received: string;
}

class Pace {
  readonly #requests: readonly string[];
  readonly #idle: Socket<Lane>[] = [];
  readonly #latencies: number[] = [];
  #failed = 0;

  constructor(requests: readonly string[]) {
    this.#requests = requests;
  }

  async connect(port: number): Promise<void> {
    for (let lane = 0; lane < CONNECTIONS; lane++) {
      const socket = await Bun.connect<Lane>({
        hostname: "127.0.0.1",
        port,
        data: { dueAt: 0, received: "" },
        socket: { data: (from, bytes) => this.#receive(from, bytes) },
      });
      this.#idle.push(socket);
    }
  }

  /** Sends `count` requests, the n-th due `n * gapMs` after the start, and waits for their answers. */
  async run(count: number, gapMs: number): Promise<void> {
    const start = performance.now() + 10;
    const givesUpAt = start + count * gapMs + 5000;
    let sent = 0;
    while (this.#latencies.length < count && performance.now() < givesUpAt) {
      await turnLoop();
      for (; sent < count && start + sent * gapMs <= performance.now(); sent++) {
        if (!this.#send(sent, start + sent * gapMs)) break;
      }
    }
    this.#failed += count - this.#latencies.length;
  }

  /** False when every connection is waiting for an answer. */
  #send(at: number, dueAt: number): boolean {
    const socket = this.#idle.shift();
    if (socket === undefined) return false;
    socket.data = { dueAt, received: "" };
    socket.write(this.#requests[at % this.#requests.length] ?? "");
    return true;
  }

  #receive(socket: Socket<Lane>, bytes: Buffer): void {
    const lane = socket.data;
    lane.received += bytes.toString("latin1");
    if (!isWhole(lane.received)) return;
    this.#latencies.push(performance.now() - lane.dueAt);
    if (!lane.received.startsWith("HTTP/1.1 302 ")) this.#failed++;
    this.#idle.push(socket);
  }

  /** Times are those of all answers but the first `warmUp`. */
  result(warmUp: number): PaceResult {
    const sorted = this.#latencies.slice(warmUp).sort((a, b) => a - b);
    return {
      requests: this.#latencies.length,
      failed: this.#failed,
      p50Ms: percentile(sorted, 50),
      p99Ms: percentile(sorted, 99),
    };
  }
}

function isWhole(answer: string): boolean {
  const end = answer.indexOf("\r\n\r\n");
  const length = /^content-length: *(\d+)/im.exec(answer)?.[1] ?? 0;
  return end >= 0 && answer.length >= end + 4 + Number(length);
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Lets the answers that have come be read, then rests for a beat. */
async function turnLoop(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(cell, 0, 0, BEAT_MS);
}

if (import.meta.main) {
  const order = JSON.parse(process.argv[2] ?? "") as PaceOrder;
  const text = await Bun.file(order.requestsFile).slice(0, REQUEST_BYTES).text();
  const requests = text.split(/(?<=\r\n\r\n)/).slice(0, -1);
  const pace = new Pace(requests);
  await pace.connect(order.port);
  const seconds = order.seconds + WARM_UP_SECONDS;
  await pace.run(seconds * order.perSecond, 1000 / order.perSecond);
  const result = pace.result(WARM_UP_SECONDS * order.perSecond);
  process.stdout.write(`${JSON.stringify(result)}\n`);
  process.exit();
}
