import { LineFile } from "./line-file.ts";

/** One answered request. */
export interface Access {
  readonly request: Request;
  readonly response: Response;
  readonly address: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly tookMs: number;
}

/** One line a request, as web servers write it ("combined"), with the seconds it took at the end. */
export class AccessLog {
  readonly #lines: LineFile;

  /**
   * @param path a file, made if it is missing; `-` is standard output
   * @throws Problem `internal` where it cannot be written
   */
  constructor(path: string) {
    this.#lines = new LineFile(path);
  }

  note({ request, response, address, at, tookMs }: Access): void {
    const { method, url, headers } = request;
    const path = withoutSecrets(url.slice(url.indexOf("/", "https://".length)));
    const size = response.headers.get("content-length") ?? "-";
    const when = new Date(at).toISOString();
    const referrer = withoutSecrets(headers.get("referer") ?? "-");
    const agent = headers.get("user-agent") ?? "-";
    this.#lines.add(
      `${address ?? "-"} - - [${when}] "${escapeField(`${method} ${path} HTTP/1.1`)}" ${response.status} ${size} "${escapeField(referrer)}" "${escapeField(agent)}" ${(tookMs / 1000).toFixed(4)}\n`,
    );
  }

  /** Goes on in a new file of the same name, after the old one was moved away. */
  reopen(): void {
    this.#lines.reopen();
  }

  close(): Promise<void> {
    return this.#lines.close();
  }
}

/** Parameters of queries that are credentials, by some program or other. */
const SECRETS = /([?&](?:api_?key|key|signature|token)=)[^&#]+/gi;

/** The pass in the address of what a gated site loads. */
const PASS = /(\/-\/site\/[^/~]*~)[^/]+/;

function withoutSecrets(url: string): string {
  const shown = url.includes("~") ? url.replace(PASS, "$1-") : url;
  return shown.includes("=") ? shown.replace(SECRETS, "$1-") : shown;
}

/** What could end a field or a line, or speak to a terminal, as `\xHH`. */
function escapeField(text: string): string {
  return text.replace(
    /["\\]|[^ -~]/g,
    (sign) => `\\x${sign.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`,
  );
}
