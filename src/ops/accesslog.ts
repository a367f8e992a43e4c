import pino from "pino";

/** One answered request. */
export interface Access {
  readonly request: Request;
  readonly response: Response;
  readonly address: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly tookMs: number;
}

/** Lines are written together when they come to so many bytes, or after a second. */
const BUFFER_BYTES = 32_768;
const WRITE_MS = 1000;

/** One line a request, as web servers write it ("combined"), with the seconds it took at the end. */
export class AccessLog {
  readonly #destination: ReturnType<typeof pino.destination>;
  readonly #timer: Timer;

  /** @param path a file, made if it is missing; `-` is standard output */
  constructor(path: string) {
    const dest = path === "-" ? 1 : path;
    this.#destination = pino.destination({
      dest,
      sync: false,
      minLength: BUFFER_BYTES,
      maxWrite: 2 * BUFFER_BYTES, // it must be more than the least
      mkdir: true,
    });
    this.#destination.on("error", () => {}); // a full disk: what cannot be written is left out
    this.#timer = setInterval(() => this.#destination.flush(), WRITE_MS).unref();
  }

  note({ request, response, address, at, tookMs }: Access): void {
    const { method, url, headers } = request;
    const path = url.slice(url.indexOf("/", "https://".length));
    const size = response.headers.get("content-length") ?? "-";
    const when = new Date(at).toISOString();
    const referrer = headers.get("referer") ?? "-";
    const agent = headers.get("user-agent") ?? "-";
    this.#destination.write(
      `${address ?? "-"} - - [${when}] "${escapeField(`${method} ${path} HTTP/1.1`)}" ${response.status} ${size} "${escapeField(referrer)}" "${escapeField(agent)}" ${(tookMs / 1000).toFixed(4)}\n`,
    );
  }

  /** Goes on in a new file of the same name, after the old one was moved away. */
  reopen(): void {
    this.#destination.reopen();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#destination.flushSync();
  }
}

/** What could end a field or a line, or speak to a terminal, as `\xHH`. */
function escapeField(text: string): string {
  return text.replace(
    /["\\]|[^ -~]/g,
    (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
  );
}
