import { connect as connectTo, createServer, type Server, type Socket } from "node:net";

/** Passes bytes on to a server until it is frozen: then it keeps them, and connections stay open, as without a network. */
export class FreezingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;
  #isFrozen = false;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((client) => {
      const server = connectTo(Number(this.#target.port), this.#target.hostname);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(from);
        from.on("data", (bytes) => to.write(bytes));
        if (this.#isFrozen) from.pause();
        from.on("error", () => {});
        from.on("close", () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
    });
  }

  /** Returns the URL of the server through the proxy. */
  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const through = new URL(this.#target);
    through.port = String((this.#server.address() as { port: number }).port);
    return through.href;
  }

  freeze(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    for (const socket of this.#sockets) isFrozen ? socket.pause() : socket.resume();
  }

  /** What was frozen is lost, as with packets that were dropped for long: every connection ends. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
