import { dlopen, ptr } from "bun:ffi";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const MSG_DONTWAIT = 0x40;
const ADDRESS_BYTES = 110;

/** The socket that systemd would name in NOTIFY_SOCKET: it takes datagrams, which Bun and Node cannot. */
export class NotifySocket {
  readonly #libc = openLibc();
  readonly #socket: number;

  /** @param path of the file to make; with @ in front, of no file */
  constructor(path: string) {
    const { socket, bind } = this.#libc.symbols;
    this.#socket = socket(AF_UNIX, SOCK_DGRAM, 0);
    const address = new Uint8Array(ADDRESS_BYTES);
    address[0] = AF_UNIX;
    address.set(new TextEncoder().encode(path.replace(/^@/, "\0")), 2);
    const length = path.startsWith("@") ? 2 + path.length : address.length;
    if (bind(this.#socket, ptr(address), length) !== 0) throw new Error(`Cannot bind ${path}.`);
  }

  /** What has come since it was last asked. */
  read(): string[] {
    const messages: string[] = [];
    const buffer = new Uint8Array(4096);
    for (;;) {
      const { recv } = this.#libc.symbols;
      const length = Number(recv(this.#socket, ptr(buffer), buffer.length, MSG_DONTWAIT));
      if (length < 0) return messages;
      messages.push(Buffer.from(buffer.subarray(0, length)).toString());
    }
  }

  close(): void {
    this.#libc.symbols.close(this.#socket);
  }
}

function openLibc() {
  return dlopen("libc.so.6", {
    socket: { args: ["i32", "i32", "i32"], returns: "i32" },
    bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
    recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
    close: { args: ["i32"], returns: "i32" },
  });
}
