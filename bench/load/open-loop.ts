import type { Socket } from "bun";
import { endScript, readScriptOrder, runScript } from "../machine/child.ts";
import { seededDice, shuffled } from "../seed/dice.ts";
import { percentile } from "../stats.ts";
import { AnswerReader } from "./answer-reader.ts";

/*
 * An open loop: requests are due at a fixed rate whatever the server does, and a request's time runs from the
 * moment it was due. So a server that stalls is charged for all requests that were due meanwhile.
 */

/** One kind of request among those sent. */
export interface Kind {
  readonly name: string;
  /** Percentage of all requests. */
  readonly share: number;
  /** Complete requests, sent in order and repeated. */
  readonly requestsFile: string;
  /** The expected status. */
  readonly status: number;
}

export interface OpenLoopOrder {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  readonly connections: number;
  /** Their percentages add up to 100. */
  readonly kinds: readonly Kind[];
  /**
   * Whether a request is sent once more, as browsers do, where the server closed the idle connection while it was
   * sent (RFC 9112, 9.3.1). Default: it has failed.
   */
  readonly repeatsClosed?: boolean;
}

export interface Timed {
  readonly requests: number;
  /** Requests with another status, cut off, or not answered in time; the last are timed with the full wait. */
  readonly failed: number;
  readonly averageMs: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

export interface OpenLoopResult extends Timed {
  /** From the first request due to the last response, or to the end of the wait. */
  readonly seconds: number;
  /** Requests that were sent once more. */
  readonly repeated: number;
  readonly kinds: readonly (Timed & { readonly name: string })[];
}

/** Sends requests at a constant rate, from a separate process. */
export function runOpenLoop(order: OpenLoopOrder): Promise<OpenLoopResult> {
  return runScript<OpenLoopResult>(import.meta.path, order);
}

/** Requests that warm up this process and the connections; they are counted, not timed. */
export const WARM_UP_SECONDS = 0.5;

/** How long to wait for the last responses. */
const PATIENCE_MS = 5000;

/** How much of a file is read: more text would cause pauses in this process that look like the server's. */
const REQUEST_BYTES = 4_000_000;

/** Interval of the loop in milliseconds, since timers are too coarse for half a millisecond. */
const BEAT_MS = 0.05;

/** A keep-alive connection with at most one request in flight. */
interface Lane {
  readonly reader: AnswerReader;
  /** Null if no request is in flight. */
  request: Sent | null;
  /** Responses until now. */
  answered: number;
}

interface Sent {
  readonly kind: KindTally;
  readonly text: string;
  readonly dueAt: number;
  readonly timed: boolean;
}

/** A kind of request, with what was sent and received. */
class KindTally {
  readonly kind: Kind;
  readonly #requests: readonly string[];
  readonly latencies: number[] = [];
  #sent = 0;
  #right = 0;
  #planned = 0;

  constructor(kind: Kind, requests: readonly string[]) {
    this.kind = kind;
    this.#requests = requests;
  }

  plan(): void {
    this.#planned++;
  }

  next(): string {
    return this.#requests[this.#sent++ % this.#requests.length] ?? "";
  }

  take(status: number, latency: number | null): void {
    if (status === this.kind.status) this.#right++;
    if (latency !== null) this.latencies.push(latency);
  }

  get result(): Timed & { name: string } {
    const failed = this.#planned - this.#right;
    return { name: this.kind.name, ...summarize(this.#planned, failed, this.latencies) };
  }
}

class OpenLoop {
  readonly #port: number;
  readonly #tallies: readonly KindTally[];
  /** The kinds of a hundred requests, in order. */
  readonly #turns: readonly KindTally[];
  readonly #lanes = new Set<Socket<Lane>>();
  readonly #idle: Socket<Lane>[] = [];
  readonly #repeatsClosed: boolean;
  #done = 0;
  #repeated = 0;

  constructor(port: number, tallies: readonly KindTally[], repeatsClosed: boolean) {
    this.#port = port;
    this.#repeatsClosed = repeatsClosed;
    this.#tallies = tallies;
    const each = tallies.flatMap((tally) => new Array<KindTally>(tally.kind.share).fill(tally));
    this.#turns = shuffled(each, seededDice(4));
  }

  async connect(connections: number): Promise<void> {
    await Promise.all(Array.from({ length: connections }, () => this.#openLane()));
  }

  /** Sends `count` requests, the n-th due `n * gapMs` after the start; the first `warmUp` are not timed. */
  async run(count: number, gapMs: number, warmUp: number): Promise<OpenLoopResult> {
    const start = performance.now() + 10;
    const givesUpAt = start + count * gapMs + PATIENCE_MS;
    for (let at = 0; at < count; at++) this.#turn(at).plan();
    let sent = 0;
    while (this.#done < count && performance.now() < givesUpAt) {
      await turnLoop();
      for (; sent < count && start + sent * gapMs <= performance.now(); sent++) {
        if (!this.#send(this.#turn(sent), start + sent * gapMs, sent >= warmUp)) break;
      }
    }
    const end = performance.now();
    for (const lane of this.#lanes) this.#finish(lane, 0);
    for (; sent < count; sent++) this.#turn(sent).take(0, end - (start + sent * gapMs));
    return this.#result((end - start) / 1000);
  }

  #turn(at: number): KindTally {
    const tally = this.#turns[at % this.#turns.length];
    if (tally === undefined) throw new Error("There are no requests to send.");
    return tally;
  }

  async #openLane(first: Sent | null = null): Promise<void> {
    const socket = await Bun.connect<Lane>({
      hostname: "127.0.0.1",
      port: this.#port,
      data: { reader: new AnswerReader(), request: null, answered: 0 },
      socket: {
        data: (from, bytes) => this.#receive(from, bytes),
        close: (from) => this.#replace(from),
      },
    });
    this.#lanes.add(socket);
    if (first === null) {
      this.#idle.push(socket);
      return;
    }
    this.#repeated++;
    this.#sendOn(socket, first);
  }

  /** Returns false if every connection is waiting for a response. */
  #send(kind: KindTally, dueAt: number, timed: boolean): boolean {
    const socket = this.#idle.shift();
    if (socket === undefined) return false;
    this.#sendOn(socket, { kind, text: kind.next(), dueAt, timed });
    return true;
  }

  #sendOn(socket: Socket<Lane>, sent: Sent): void {
    socket.data.request = sent;
    socket.write(sent.text);
  }

  #receive(socket: Socket<Lane>, bytes: Buffer): void {
    const status = socket.data.reader.take(bytes);
    if (status === null) return;
    this.#finish(socket, status);
    if (socket.data.reader.isLast) socket.end();
    else this.#idle.push(socket);
  }

  #finish({ data }: Socket<Lane>, status: number): void {
    if (data.request === null) return;
    const { kind, dueAt, timed } = data.request;
    data.request = null;
    data.answered++;
    this.#done++;
    kind.take(status, timed ? performance.now() - dueAt : null);
  }

  /** If the server closes the connection, the request in flight has failed, or is sent once more. */
  #replace(socket: Socket<Lane>): void {
    const { request, reader, answered } = socket.data;
    const isIdle = answered > 0 && !reader.hasBegun;
    const again = this.#repeatsClosed && isIdle ? request : null;
    if (again === null) this.#finish(socket, 0);
    this.#lanes.delete(socket);
    const at = this.#idle.indexOf(socket);
    if (at >= 0) this.#idle.splice(at, 1);
    this.#openLane(again).catch(() => undefined);
  }

  #result(seconds: number): OpenLoopResult {
    const kinds = this.#tallies.map(({ result }) => result);
    const sum = (of: "requests" | "failed") => kinds.reduce((total, kind) => total + kind[of], 0);
    const latencies = this.#tallies.flatMap((tally) => tally.latencies);
    return {
      seconds,
      repeated: this.#repeated,
      kinds,
      ...summarize(sum("requests"), sum("failed"), latencies),
    };
  }
}

function summarize(requests: number, failed: number, latencies: readonly number[]): Timed {
  const sorted = Float64Array.from(latencies).sort();
  const at = (percent: number) => percentile(sorted, percent);
  const averageMs = sorted.reduce((sum, one) => sum + one, 0) / sorted.length;
  return { requests, failed, averageMs, p50Ms: at(50), p95Ms: at(95), p99Ms: at(99) };
}

const cell = new Int32Array(new SharedArrayBuffer(4));

/** Lets the event loop read responses, then sleeps for one interval. */
async function turnLoop(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  Atomics.wait(cell, 0, 0, BEAT_MS);
}

/** Splits before each request line, since a request may have a body. */
async function readRequests({ requestsFile }: Kind): Promise<string[]> {
  const file = Bun.file(requestsFile);
  const text = await file.slice(0, REQUEST_BYTES).text();
  const requests = text.split(/(?=(?:GET|POST) \/\S* HTTP\/1\.1\r\n)/);
  return file.size > REQUEST_BYTES ? requests.slice(0, -1) : requests;
}

if (import.meta.main) {
  const {
    port,
    perSecond,
    seconds,
    connections,
    kinds,
    repeatsClosed = false,
  } = readScriptOrder<OpenLoopOrder>();
  const tallies: KindTally[] = [];
  for (const kind of kinds) tallies.push(new KindTally(kind, await readRequests(kind)));
  const loop = new OpenLoop(port, tallies, repeatsClosed);
  await loop.connect(connections);
  const count = Math.round((seconds + WARM_UP_SECONDS) * perSecond);
  await endScript(await loop.run(count, 1000 / perSecond, WARM_UP_SECONDS * perSecond));
}
