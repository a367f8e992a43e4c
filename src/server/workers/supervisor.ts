import type { LiveSettings } from "../../config/live-settings.ts";
import { mergeChecks, type Readiness } from "../../health/readiness.ts";
import { every } from "../../os/every.ts";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Series } from "../../telemetry/metric-series.ts";
import { text } from "../text.en.ts";
import { Backoff } from "./backoff.ts";
import { MetricTotals } from "./metric-totals.ts";
import type { Answer, Question, SupervisorAsks, WorkerSays } from "./protocol.ts";
import { WorkerRpc } from "./worker-rpc.ts";

/** Where one worker listens; with port 0, the first worker chooses the port of all. */
export interface Place {
  readonly number: number;
  /** As `server.listen` has it. */
  readonly listen: string;
}

export interface SupervisorParts {
  readonly places: readonly Place[];
  readonly live: LiveSettings;
  readonly log: Logger;
  /** Starts a worker process that listens at a place. */
  readonly start: (place: Place, receive: (said: WorkerSays) => void) => WorkerProcess;
}

/** The part of a process that the supervisor uses. */
export interface WorkerProcess {
  readonly pid: number;
  readonly exited: Promise<number>;
  /** Returns false if the channel is closed. */
  send(message: SupervisorAsks): boolean;
  kill(signal: NodeJS.Signals): void;
}

/** One process in its place. */
interface Worker {
  readonly place: Place;
  readonly process: WorkerProcess;
  readonly ready: Promise<boolean>;
  readonly isReady: () => void;
  /** Infinity before it is ready. */
  readyAt: number;
  heardAt: number;
  requests: number;
  readonly mostRequests: number;
  /** Whether it was asked to end, or will be. */
  isLeaving: boolean;
}

/** Time after `patienceMs` until a worker is killed, in milliseconds. */
const GRACE_MS = 5000;

/** Time for a replaced worker to finish its requests, also long uploads. */
const LEAVING_MS = 3_600_000;

/** Interval of the check for workers that are silent or due for replacement. */
const CHECK_MS = 500;

/** Time for the last message of a worker that has ended to arrive. */
const LAST_MESSAGE_MS = 500;

/** Keeps one worker process running for each place; see protocol.ts. */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #workers = new Map<Place, Worker>();
  readonly #leaving = new Set<Worker>();
  readonly #backoff = new Backoff();
  readonly #rpc = new WorkerRpc();
  readonly #totals = new MetricTotals();
  readonly #stopChecking: () => void;
  #port: number | null = null;
  #replacing: Promise<void> = Promise.resolve();
  #isDraining = false;
  #isStopping = false;
  #restarts = 0;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#stopChecking = every(CHECK_MS, () => this.#check(), parts.log);
  }

  /** The TCP port that all workers listen at; null on sockets. */
  get port(): number | null {
    return this.#port;
  }

  /** Number of workers that exited unexpectedly and were replaced. */
  get restarts(): number {
    return this.#restarts;
  }

  get pids(): number[] {
    return [...this.#workers.values()].map(({ process }) => process.pid);
  }

  /**
   * Starts all workers, the first one alone.
   * @throws Problem `internal` if one does not start; the others are stopped
   */
  async start(): Promise<void> {
    const [first, ...others] = this.#parts.places;
    if (first === undefined) return;
    await this.#startOrGiveUp([first]);
    await this.#startOrGiveUp(others);
  }

  /** Replaces all workers, one after another: each old one ends when the new one is ready. */
  replaceAll(): Promise<void> {
    for (const place of this.#parts.places) this.#replaceLater(place);
    return this.#replacing;
  }

  /** Lets all workers reload their settings and reopen their logs. */
  reload(): void {
    for (const { process } of this.#all()) process.send({ asks: "reload" });
  }

  /** Lets all workers go on answering, but be not ready, until `stop`. */
  drain(): void {
    this.#isDraining = true;
    for (const { process } of this.#all()) process.send({ asks: "drain" });
  }

  /** Lets all workers finish their requests and ends them. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopChecking();
    const patienceMs = this.#parts.live.current["server.shutdown_timeout"] * 1000;
    await Promise.all(this.#all().map((worker) => this.#end(worker, "stop", patienceMs)));
  }

  /** Returns the metrics of all workers, with the counters of those that have ended; one worker reports the site. */
  async metrics(): Promise<Series> {
    const asked = this.#all().map(async (worker, at) => {
      const answer = await this.#ask(worker, at === 0 ? "site_report" : "report");
      if (answer?.of === "report") this.#totals.keep(worker, answer.report);
    });
    await Promise.all(asked);
    return this.#totals.sum().set("trunk8_worker_restarts_total", this.#restarts);
  }

  /** Returns the health checks of all workers that reply, each with the first fault that one of them found. */
  async readiness(): Promise<Readiness> {
    const asked = [...this.#workers.values()].map((worker) => this.#ask(worker, "readiness"));
    const replies = (await Promise.all(asked)).filter((answer) => answer?.of === "readiness");
    if (replies.length === 0) return { ready: { workers: text.health.noWorker }, degraded: {} };
    return {
      ready: mergeChecks(replies.map(({ readiness }) => readiness)),
      degraded: mergeChecks(replies.map(({ degraded = {} }) => degraded)),
    };
  }

  #ask({ process }: Worker, question: Question): Promise<Answer | null> {
    return this.#rpc.ask((message) => process.send(message), question);
  }

  #receive(worker: Worker, said: WorkerSays): void {
    switch (said.says) {
      case "ready":
        this.#port ??= said.port;
        worker.readyAt = performance.now();
        worker.isReady();
        if (this.#isDraining) worker.process.send({ asks: "drain" });
        return;
      case "alive":
        worker.requests = said.requests;
        return;
      case "answer":
        this.#rpc.settle(said.id, said.answer);
        return;
      case "moved":
        this.#replaceOnce(worker);
        return;
      case "farewell":
        this.#totals.keep(worker, said.report);
        return;
    }
  }

  #all(): Worker[] {
    return [...this.#workers.values(), ...this.#leaving];
  }

  async #startOrGiveUp(places: readonly Place[]): Promise<void> {
    const ready = await Promise.all(places.map((place) => this.#startAt(place).ready));
    if (!ready.includes(false)) return;
    await this.stop();
    throw new Problem("internal", text.workers.cannotStart);
  }

  #startAt(place: Place): Worker {
    const { promise: ready, resolve } = Promise.withResolvers<boolean>();
    const { start, live } = this.#parts;
    const process = start(this.#placeNow(place), (said) => {
      worker.heardAt = performance.now();
      this.#receive(worker, said);
    });
    const most = live.current["server.max_requests"];
    const jitter = Math.random() * live.current["server.max_requests_jitter"];
    const worker: Worker = {
      place,
      process,
      ready,
      isReady: () => resolve(true),
      readyAt: Number.POSITIVE_INFINITY,
      heardAt: performance.now(),
      requests: 0,
      mostRequests: most === 0 ? Number.POSITIVE_INFINITY : most + jitter,
      isLeaving: false,
    };
    this.#workers.set(place, worker);
    void process.exited.then((code) => {
      resolve(false);
      this.#hasEnded(worker, code);
    });
    return worker;
  }

  /** Replaces port 0 by the port of the first worker. */
  #placeNow({ number, listen }: Place): Place {
    const isTcp = !listen.startsWith("unix:");
    const chosen = isTcp && this.#port !== null ? listen.replace(/:0$/, `:${this.#port}`) : listen;
    return { number, listen: chosen };
  }

  #hasEnded(worker: Worker, code: number): void {
    this.#leaving.delete(worker);
    // Its last message may still arrive.
    setTimeout(() => this.#totals.retire(worker), LAST_MESSAGE_MS).unref();
    if (this.#workers.get(worker.place) !== worker) return;
    this.#workers.delete(worker.place);
    if (this.#isStopping) return;
    const { log } = this.#parts;
    const waitMs = this.#backoff.next(worker.place.number, performance.now() - worker.readyAt);
    log.error({ pid: worker.process.pid, code, waitMs }, "Worker exited unexpectedly, restarting");
    this.#restarts++;
    this.#restartLater(worker.place, waitMs);
  }

  /** Tries again, ever more slowly, where the system cannot start a process now (EAGAIN, ENOMEM, EMFILE). */
  #restartLater(place: Place, waitMs: number): void {
    setTimeout(() => {
      if (this.#isStopping || this.#workers.has(place)) return;
      try {
        this.#startAt(place);
      } catch (err) {
        const nextMs = this.#backoff.next(place.number, 0);
        this.#parts.log.error({ err, waitMs: nextMs }, "Cannot start a worker, trying again");
        this.#restartLater(place, nextMs);
      }
    }, waitMs);
  }

  #replaceLater(place: Place): void {
    this.#replacing = this.#replacing.then(() => this.#replace(place));
  }

  async #replace(place: Place): Promise<void> {
    const old = this.#workers.get(place);
    if (this.#isStopping || old === undefined) return;
    this.#leaving.add(old);
    if (await this.#startReplacement(place)) {
      void this.#end(old, "leave", LEAVING_MS);
      return;
    }
    const oldLives = this.#leaving.delete(old);
    if (this.#isStopping || !oldLives) return;
    this.#workers.set(place, old);
    this.#parts.log.error("Replacement worker did not start, keeping the old one");
  }

  /** Returns whether the worker is ready; false also where its process could not be started. */
  async #startReplacement(place: Place): Promise<boolean> {
    try {
      return await this.#startAt(place).ready;
    } catch (err) {
      this.#parts.log.error({ err }, "Cannot start a worker");
      return false;
    }
  }

  async #end(worker: Worker, asks: "stop" | "leave", patienceMs: number): Promise<void> {
    worker.isLeaving = true;
    worker.process.send({ asks, patienceMs });
    const timer = setTimeout(() => worker.process.kill("SIGKILL"), patienceMs + GRACE_MS);
    await worker.process.exited;
    clearTimeout(timer);
  }

  /** Kills workers that are silent, and replaces those that reached `server.max_requests`. */
  #check(): void {
    const timeoutMs = this.#parts.live.current["server.timeout"] * 1000;
    for (const worker of this.#workers.values()) {
      if (performance.now() - worker.heardAt > timeoutMs) worker.process.kill("SIGKILL");
      if (worker.requests > worker.mostRequests) this.#replaceOnce(worker);
    }
  }

  #replaceOnce(worker: Worker): void {
    if (worker.isLeaving) return;
    worker.isLeaving = true;
    this.#replaceLater(worker.place);
  }
}
