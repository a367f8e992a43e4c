import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";
import { listOpenFiles } from "./open-files.ts";

/** One TCP connection of this process, by what the kernel knows of it. */
export interface Connected {
  readonly descriptor: number;
  readonly localPort: number;
  readonly peerPort: number;
  /** Bytes that the peer has taken, and sent. */
  readonly moved: number;
  /** Whether there are bytes for it that it does not take. */
  readonly isOwed: boolean;
}

/** Looked at without a pause: about a millisecond's worth. */
const AT_ONCE = 100;

const AF_INET = 2;
const IPPROTO_TCP = 6;
const TCP_INFO = 11;
const SHUT_RDWR = 2;

/** Places in Linux' `struct tcp_info`, of which older kernels give a shorter one. */
const UNACKED = 24;
const BYTES_ACKED = 120;
const BYTES_RECEIVED = 128;
const NOT_SENT = 144;
const INFO_BYTES = 148;

/** Longest `struct sockaddr` that is read: `sockaddr_in6`. */
const ADDRESS_BYTES = 28;

/** The TCP connections of this process, on Linux. A thousand take about ten milliseconds to look at. */
export class Sockets {
  readonly #info = new DataView(new ArrayBuffer(INFO_BYTES));
  readonly #address = new DataView(new ArrayBuffer(ADDRESS_BYTES));
  readonly #length = new Uint32Array(1);
  readonly #at = {
    info: ptr(this.#info.buffer),
    address: ptr(this.#address.buffer),
    length: ptr(this.#length),
  };

  /** Null where the kernel is another. */
  static open(): Sockets | null {
    return process.platform === "linux" ? new Sockets() : null;
  }

  /** Lists all of them, a few at a time, so that the event loop is not blocked. */
  async list(): Promise<Connected[]> {
    const found: Connected[] = [];
    for (const [at, name] of listOpenFiles().entries()) {
      if (at % AT_ONCE === AT_ONCE - 1) await Bun.sleep(0);
      const connected = this.#read(Number(name));
      if (connected !== null) found.push(connected);
    }
    return found;
  }

  /** The address at the other end; null where that is gone. */
  peerAddress({ descriptor, peerPort }: Connected): string | null {
    if (this.#peerPortOf(descriptor) !== peerPort) return null;
    const isV4 = this.#address.getUint16(0, true) === AF_INET;
    return isV4 ? this.#bytes().join(".") : this.#groups().join(":");
  }

  /** Ends a connection as if the peer had, unless its descriptor means another by now. */
  shut({ descriptor, peerPort }: Connected): void {
    if (this.#peerPortOf(descriptor) === peerPort) libc.shutdown(descriptor, SHUT_RDWR);
  }

  #read(descriptor: number): Connected | null {
    const { info, address, length } = this.#at;
    this.#length[0] = INFO_BYTES;
    if (libc.getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info, length) !== 0) return null;
    this.#length[0] = ADDRESS_BYTES;
    if (libc.getsockname(descriptor, address, length) !== 0) return null;
    const localPort = this.#port();
    const peerPort = this.#peerPortOf(descriptor);
    if (peerPort === null) return null;
    return {
      descriptor,
      localPort,
      peerPort,
      moved: this.#count(BYTES_ACKED) + this.#count(BYTES_RECEIVED),
      isOwed: this.#info.getUint32(UNACKED, true) + this.#info.getUint32(NOT_SENT, true) > 0,
    };
  }

  /** Also leaves the whole address in the buffer, for the caller. */
  #peerPortOf(descriptor: number): number | null {
    this.#length[0] = ADDRESS_BYTES;
    const { address, length } = this.#at;
    return libc.getpeername(descriptor, address, length) === 0 ? this.#port() : null;
  }

  #count(at: number): number {
    return Number(this.#info.getBigUint64(at, true));
  }

  #port(): number {
    return this.#address.getUint16(2, false);
  }

  #bytes(): number[] {
    return [4, 5, 6, 7].map((at) => this.#address.getUint8(at));
  }

  #groups(): string[] {
    const places = Array.from({ length: 8 }, (_, group) => 8 + group * 2);
    return places.map((at) => this.#address.getUint16(at, false).toString(16));
  }
}
