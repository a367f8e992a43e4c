import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { chooseCoding } from "../../http/response/accept-encoding.ts";
import { judge, provenDate } from "../../http/response/conditional.ts";
import { COMPRESSED_ABOVE } from "../../http/response/response.ts";

const compress = promisify(gzip);

/** An HTML page that is rendered once and sent many times, plain and compressed. */
export class RenderedPage {
  readonly #plain: Coded;
  readonly #zipped: Coded | null;
  readonly #modifiedAt: number;

  private constructor(plain: Coded, zipped: Coded | null, modifiedAt: number) {
    this.#plain = plain;
    this.#zipped = zipped;
    this.#modifiedAt = modifiedAt;
  }

  /**
   * @param modifiedAt milliseconds since 1970 UTC
   * @param mark what else its entity tag covers: browsers keep the policy of a copy that has not changed
   */
  static async make(html: string, modifiedAt: number, mark = ""): Promise<RenderedPage> {
    const bytes = Buffer.from(html);
    const hash = new Bun.CryptoHasher("sha256").update(bytes).update(mark).digest("base64url");
    const sent = { "content-type": "text/html; charset=utf-8" };
    const plain = { bytes, headers: { ...sent, etag: `"${hash}"` } };
    if (bytes.byteLength <= COMPRESSED_ABOVE) return new RenderedPage(plain, null, modifiedAt);
    const zipped = { ...sent, etag: `"${hash}-gzip"`, "content-encoding": "gzip" };
    const coded = { bytes: await compress(bytes), headers: zipped };
    return new RenderedPage(plain, coded, modifiedAt);
  }

  /** Size in memory, in bytes. */
  get size(): number {
    return this.#plain.bytes.byteLength + (this.#zipped?.bytes.byteLength ?? 0);
  }

  /** Answers a GET or HEAD by its conditions: 200, 304 or 412. Ranges are ignored. */
  answer(request: Request, others: HeaderRecord, now: number): Response {
    const { bytes, headers } = this.#codedFor(request);
    const modifiedAt = provenDate(this.#modifiedAt, now);
    const dated = modifiedAt && { "last-modified": new Date(modifiedAt).toUTCString() };
    const sent = { ...others, ...headers, ...dated };
    const validators = { etag: headers.etag, modifiedAt, size: bytes.byteLength };
    switch (judge(request, validators)) {
      case "not_modified":
        return new Response(null, { status: 304, headers: sent });
      case "precondition_failed":
        return new Response(null, {
          status: 412,
          headers: { ...sent, "cache-control": "no-store" },
        });
      default:
        return new Response(bytes, { headers: sent });
    }
  }

  #codedFor(request: Request): Coded {
    if (this.#zipped === null || chooseCoding(request, ["gzip"]) === null) return this.#plain;
    return this.#zipped;
  }
}

type HeaderRecord = Readonly<Record<string, string>>;

/** The page in one content coding, with the headers that belong to it. */
interface Coded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: HeaderRecord & { readonly etag: string };
}
