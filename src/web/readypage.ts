import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { chooseCoding } from "../http/coding.ts";
import { judge } from "../http/conditions.ts";

const compress = promisify(gzip);

/** Bytes from which on a page is sent compressed. */
const COMPRESSED_ABOVE = 1024;

/** An HTML page that is made once and sent again and again. */
export class ReadyPage {
  readonly #html: Uint8Array<ArrayBuffer>;
  readonly #hash: string;
  readonly #modifiedAt: number;
  readonly #lastModified: string;
  #compressed: Promise<Uint8Array<ArrayBuffer>> | undefined;

  /** @param modifiedAt milliseconds since 1970 UTC */
  constructor(html: string, modifiedAt: number) {
    this.#html = Buffer.from(html);
    this.#hash = new Bun.CryptoHasher("sha256").update(this.#html).digest("base64url");
    this.#modifiedAt = modifiedAt;
    this.#lastModified = new Date(modifiedAt).toUTCString();
  }

  /** How much memory it takes, compressed and not. */
  get size(): number {
    return this.#html.byteLength * 2;
  }

  /** Answers a GET or HEAD, or as its conditions ask: 200, 304 or 412. A page has no parts. */
  async answer(request: Request, headers: Readonly<Record<string, string>>): Promise<Response> {
    const isZipped =
      this.#html.byteLength > COMPRESSED_ABOVE && chooseCoding(request, ["gzip"]) !== null;
    const etag = isZipped ? `"${this.#hash}-gzip"` : `"${this.#hash}"`;
    const known = { ...headers, etag, "last-modified": this.#lastModified };
    const size = this.#html.byteLength;
    switch (judge(request, { etag, modifiedAt: this.#modifiedAt, size })) {
      case "not_modified":
        return new Response(null, { status: 304, headers: known });
      case "precondition_failed":
        return new Response(null, { status: 412, headers: known });
      default:
        return isZipped ? this.#sendZipped(known) : this.#send(this.#html, known);
    }
  }

  async #sendZipped(headers: Readonly<Record<string, string>>): Promise<Response> {
    this.#compressed ??= compress(this.#html);
    return this.#send(await this.#compressed, { ...headers, "content-encoding": "gzip" });
  }

  #send(bytes: Uint8Array<ArrayBuffer>, headers: Readonly<Record<string, string>>): Response {
    return new Response(bytes, {
      headers: { ...headers, "content-type": "text/html; charset=utf-8" },
    });
  }
}
