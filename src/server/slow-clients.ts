import type { App } from "../app.ts";
import { trustOf } from "../http/request/client.ts";
import { every } from "../os/every.ts";
import { networkOf, normaliseAddress } from "../os/ip-network.ts";
import { type Connected, Sockets } from "../os/sockets.ts";

/** How often connections are looked at, in milliseconds. */
const LOOK_MS = 5000;

/** A connection that moves fewer bytes between two looks, either way, is slow: a kilobyte a second. */
const LEAST_BYTES = 5120;

/** How often it is found slow before it counts: one that only waits for its next request is closed by then. */
const SLOW_LOOKS = 2;

/** After a minute nobody waits any longer for who does not take what they asked for. */
const LONGEST_LOOKS = 12;

/** However often it is found slow from now on, it is no more than that. */
const ENDED = Number.NEGATIVE_INFINITY;

interface Seen extends Connected {
  /** How often in a row it was found slow. */
  readonly slowLooks: number;
}

/**
 * Ends slow connections: those of one address beyond `limits.slow_connections`, and those that take their answer too
 * slowly. Bun tells of no connection before its request is whole, and of none when its answer is sent; so it is the
 * kernel that is asked. Never those of a trusted proxy.
 */
export class SlowClients {
  readonly #app: App;
  readonly #port: number;
  readonly #sockets: Sockets;
  readonly #stop: () => void;
  #seen = new Map<number, Seen>();

  private constructor(app: App, port: number, sockets: Sockets) {
    this.#app = app;
    this.#port = port;
    this.#sockets = sockets;
    this.#stop = every(LOOK_MS, () => this.#lookOnce(), app.log);
  }

  /** @param port where the server listens; null on a unix socket, whose peers are trusted */
  static watch(app: App, port: number | null): SlowClients | null {
    const sockets = port === null ? null : Sockets.open();
    return port === null || sockets === null ? null : new SlowClients(app, port, sockets);
  }

  close(): void {
    this.#stop();
  }

  async #lookOnce(): Promise<void> {
    const most = this.#app.live.current["limits.slow_connections"];
    if (most === 0 || this.#sockets.openFiles <= most) return;
    this.#seen = await this.#look();
    for (const slow of this.#slowByNetwork().values()) this.#endSome(slow, most);
  }

  async #look(): Promise<Map<number, Seen>> {
    const seen = new Map<number, Seen>();
    for (const connected of await this.#sockets.list()) {
      if (connected.localPort === this.#port)
        seen.set(connected.descriptor, { ...connected, slowLooks: this.#slowLooksOf(connected) });
    }
    return seen;
  }

  #slowLooksOf({ descriptor, peerPort, moved }: Connected): number {
    const before = this.#seen.get(descriptor);
    const isSlow = before?.peerPort === peerPort && moved - before.moved < LEAST_BYTES;
    return isSlow ? before.slowLooks + 1 : 0;
  }

  #slowByNetwork(): Map<string, Seen[]> {
    const isTrusted = trustOf(this.#app.live.current);
    const slow = [...this.#seen.values()].filter(({ slowLooks }) => slowLooks >= SLOW_LOOKS);
    const groups = new Map<string, Seen[]>();
    for (const seen of slow) {
      const address = normaliseAddress(this.#sockets.peerAddress(seen) ?? "");
      if (address === null || isTrusted(address, 1)) continue;
      const network = networkOf(address);
      groups.set(network, [...(groups.get(network) ?? []), seen]);
    }
    return groups;
  }

  /** The slowest first. */
  #endSome(slow: readonly Seen[], most: number): void {
    const slowest = slow.toSorted((one, other) => other.slowLooks - one.slowLooks);
    const ended = slowest.filter(
      ({ isOwed, slowLooks }, at) =>
        at < slow.length - most || (isOwed && slowLooks >= LONGEST_LOOKS),
    );
    const [first] = ended;
    if (first === undefined) return;
    const { log, metrics } = this.#app;
    metrics.countSlow(ended.length);
    const address = this.#sockets.peerAddress(first);
    log.warn({ count: ended.length, address }, "Slow connections closed");
    for (const connected of ended) {
      this.#sockets.shut(connected);
      this.#seen.set(connected.descriptor, { ...connected, slowLooks: ENDED });
    }
  }
}
