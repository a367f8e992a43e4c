import { ptr } from "bun:ffi";
import { libc } from "./libc.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;

/** Notifies systemd of the state of the service (sd_notify(3)) by a datagram to its socket. */
export class Systemd {
  readonly #socket: number;
  readonly #address: Uint8Array;
  #timer: Timer | null = null;

  private constructor(path: string) {
    this.#socket = libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    this.#address = addressOf(path);
  }

  /** @param path of NOTIFY_SOCKET; without it, nothing is sent */
  static at(path: string | undefined): Systemd | null {
    return path === undefined || path === "" ? null : new Systemd(path);
  }

  /** @param state such as `READY=1` */
  notify(state: string): void {
    this.#send(state, 0);
  }

  /** Says again and again that the program reacts, and never waits for a systemd that does not. */
  keepAlive(everyMs: number): void {
    this.#timer = setInterval(() => this.#send("WATCHDOG=1", MSG_DONTWAIT), everyMs).unref();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    libc.close(this.#socket);
  }

  #send(state: string, flags: number): void {
    const text = new TextEncoder().encode(state);
    libc.sendto(
      this.#socket,
      ptr(text),
      text.length,
      flags,
      ptr(this.#address),
      this.#address.length,
    );
  }
}

/** `sockaddr_un`; a path that begins with @ is of no file (an abstract socket). */
function addressOf(path: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  const address = new Uint8Array(2 + name.length + (path.startsWith("@") ? 0 : 1));
  address[0] = AF_UNIX;
  address.set(name, 2);
  if (path.startsWith("@")) address[2] = 0;
  return address;
}
