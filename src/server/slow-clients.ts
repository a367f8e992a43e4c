import type { App } from "../app.ts";
import { trustOf } from "../http/request/client.ts";
import { every } from "../os/every.ts";
import { networkOf, normaliseAddress } from "../os/ip-network.ts";
import { countFreeFiles, listOpenFiles, reserveFiles } from "../os/open-files.ts";
import { type Connected, Sockets } from "../os/sockets.ts";

/** Interval between two checks, in milliseconds. */
const CHECK_MS = 5000;

/** A connection that transfers fewer bytes between two checks, in either direction, is slow: a kilobyte a second. */
const LEAST_BYTES = 5120;

/** Checks in a row until a slow connection counts; an idle keep-alive connection is closed by then. */
const SLOW_CHECKS = 2;

/** A client that has not read its response for a minute is disconnected. */
const UNREAD_CHECKS = 12;

/** Interval between two looks at how many descriptors are left, in milliseconds. */
const RELIEVE_MS = 1000;

/** Descriptors that connections without a request leave to files, threads and other clients. */
const SPARE_FILES = 64;

/** Bytes that moved on a connection that has sent nothing yet: the handshake may count as one. */
const NOTHING = 1;

/** The count of a connection that was closed: never slow enough again. */
const CLOSED = Number.NEGATIVE_INFINITY;

interface Seen extends Connected {
  /** Checks in a row that found it slow. */
  readonly slowChecks: number;
}

/**
 * Closes slow connections: those of one network beyond `limits.slow_connections`, and those that read their response
 * too slowly; never those of a trusted proxy. Bun reports no connection before its request is complete, so the kernel
 * is asked.
 */
export class SlowClients {
  readonly #app: App;
  readonly #port: number;
  readonly #sockets: Sockets;
  readonly #stop: () => void;
  #seen = new Map<number, Seen>();
  /** Connections that had sent nothing when descriptors were last short: port of the peer by descriptor. */
  #silent = new Map<number, number>();

  private constructor(app: App, port: number, sockets: Sockets, checkMs: number) {
    this.#app = app;
    this.#port = port;
    this.#sockets = sockets;
    reserveFiles();
    const stops = [
      every(checkMs, () => this.check(), app.log),
      every(RELIEVE_MS, () => this.relieve(), app.log),
    ];
    this.#stop = () => {
      for (const stop of stops) stop();
    };
  }

  /** @param port where the server listens; null on a unix socket, whose peers are trusted */
  static watch(app: App, port: number | null, checkMs = CHECK_MS): SlowClients | null {
    const sockets = port === null ? null : Sockets.open();
    return port === null || sockets === null ? null : new SlowClients(app, port, sockets, checkMs);
  }

  close(): void {
    this.#stop();
  }

  /** Runs one check. */
  async check(): Promise<void> {
    const most = this.#app.live.current["limits.slow_connections"];
    if (most === 0 || listOpenFiles().length <= most) return;
    this.#seen = await this.#scan();
    for (const slow of this.#slowByNetwork().values()) this.#closeSome(slow, most);
  }

  /** Closes connections that sent nothing for a second, where few descriptors are left; never a proxy's. */
  async relieve(): Promise<void> {
    const isOff = this.#app.live.current["limits.slow_connections"] === 0;
    const missing = isOff ? 0 : SPARE_FILES - countFreeFiles();
    const before = this.#silent;
    this.#silent = new Map();
    if (missing <= 0) return;
    const isTrusted = trustOf(this.#app.live.current);
    const idle: Connected[] = [];
    for (const connected of await this.#sockets.list()) {
      if (connected.localPort !== this.#port || connected.moved > NOTHING) continue;
      const { descriptor, peerPort } = connected;
      this.#silent.set(descriptor, peerPort);
      const address = normaliseAddress(this.#sockets.peerAddress(connected) ?? "");
      const isKept = address === null || isTrusted(address, 1);
      if (before.get(descriptor) === peerPort && !isKept) idle.push(connected);
    }
    this.#closeIdle(idle.slice(0, missing));
  }

  #closeIdle(idle: readonly Connected[]): void {
    if (idle.length === 0) return;
    const { log, metrics } = this.#app;
    metrics.countSlow(idle.length);
    log.warn(
      { count: idle.length },
      "Few file descriptors left, connections without a request closed",
    );
    for (const connected of idle) this.#sockets.shut(connected);
  }

  async #scan(): Promise<Map<number, Seen>> {
    const seen = new Map<number, Seen>();
    for (const connected of await this.#sockets.list()) {
      if (connected.localPort === this.#port)
        seen.set(connected.descriptor, { ...connected, slowChecks: this.#slowChecksOf(connected) });
    }
    return seen;
  }

  #slowChecksOf({ descriptor, peerPort, moved }: Connected): number {
    const before = this.#seen.get(descriptor);
    const isSlow = before?.peerPort === peerPort && moved - before.moved < LEAST_BYTES;
    return isSlow ? before.slowChecks + 1 : 0;
  }

  #slowByNetwork(): Map<string, Seen[]> {
    const isTrusted = trustOf(this.#app.live.current);
    const slow = [...this.#seen.values()].filter(({ slowChecks }) => slowChecks >= SLOW_CHECKS);
    const groups = new Map<string, Seen[]>();
    for (const seen of slow) {
      const address = normaliseAddress(this.#sockets.peerAddress(seen) ?? "");
      if (address === null || isTrusted(address, 1)) continue;
      const network = networkOf(address);
      const group = groups.get(network);
      if (group === undefined) groups.set(network, [seen]);
      else group.push(seen);
    }
    return groups;
  }

  /** Closes the slowest first. */
  #closeSome(slow: readonly Seen[], most: number): void {
    const slowest = slow.toSorted((one, other) => other.slowChecks - one.slowChecks);
    const closed = slowest.filter(
      ({ isOwed, slowChecks }, at) =>
        at < slow.length - most || (isOwed && slowChecks >= UNREAD_CHECKS),
    );
    const [first] = closed;
    if (first === undefined) return;
    const { log, metrics } = this.#app;
    metrics.countSlow(closed.length);
    const address = this.#sockets.peerAddress(first);
    log.warn({ count: closed.length, address }, "Slow connections closed");
    for (const connected of closed) {
      this.#sockets.shut(connected);
      this.#seen.set(connected.descriptor, { ...connected, slowChecks: CLOSED });
    }
  }
}
