import http from "node:http";
import https from "node:https";

/** One request to a site behind a proxy. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The address it comes from. */
  readonly from?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Asks the site `x.example` at a port of this machine; follows nothing and unpacks nothing. */
export class Visitor {
  readonly #origin: URL;

  /** @param origin such as `https://127.0.0.1:8443` */
  constructor(origin: string) {
    this.#origin = new URL(origin);
  }

  async ask(path: string, asked: Asked = {}): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const ask = this.#origin.protocol === "https:" ? https.request : http.request;
    const request = ask(this.#optionsFor(path, asked), (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => resolve(answerOf(response, Buffer.concat(chunks))));
    });
    request.on("error", reject);
    request.end(asked.body);
    return await promise;
  }

  /** Signs the administrator in; gives the cookie. */
  async signIn(password: string, from: string): Promise<string> {
    const body = new URLSearchParams({ password }).toString();
    const { headers, status } = await this.ask("/auth/login", { body, from });
    const [cookie = ""] = headers.getSetCookie();
    if (!cookie.includes("sessionid=")) throw new Error(`signing in is answered ${status}`);
    return cookie.slice(0, cookie.indexOf(";"));
  }

  #optionsFor(path: string, { method, headers, body, from }: Asked): https.RequestOptions {
    return {
      host: this.#origin.hostname,
      port: this.#origin.port,
      servername: "x.example",
      rejectUnauthorized: false,
      agent: false,
      path,
      method: method ?? (body === undefined ? "GET" : "POST"),
      headers: {
        host: "x.example",
        "accept-encoding": "identity",
        ...(from !== undefined && { "x-test-address": from }),
        ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
        ...headers,
      },
    };
  }
}

function answerOf(response: http.IncomingMessage, bytes: Buffer): Answer {
  const headers = new Headers();
  for (let at = 0; at < response.rawHeaders.length; at += 2)
    headers.append(response.rawHeaders[at] ?? "", response.rawHeaders[at + 1] ?? "");
  return { status: response.statusCode ?? 0, headers, bytes, text: bytes.toString() };
}
