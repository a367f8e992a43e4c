import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { chooseCoding } from "../../http/response/accept-encoding.ts";
import { judge } from "../../http/response/conditional.ts";
import { COMPRESSED_ABOVE } from "../../http/response/response.ts";

const compress = promisify(gzip);

/** An HTML page that is made once and sent again and again. */
export class ReadyPage {
  readonly #plain: Form;
  readonly #zipped: Form | null;
  readonly #modifiedAt: number;

  private constructor(plain: Form, zipped: Form | null, modifiedAt: number) {
    this.#plain = plain;
    this.#zipped = zipped;
    this.#modifiedAt = modifiedAt;
  }

  /** @param modifiedAt milliseconds since 1970 UTC */
  static async make(html: string, modifiedAt: number): Promise<ReadyPage> {
    const bytes = Buffer.from(html);
    const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("base64url");
    const told = {
      "content-type": "text/html; charset=utf-8",
      "last-modified": new Date(modifiedAt).toUTCString(),
    };
    const plain = { bytes, headers: { ...told, etag: `"${hash}"` } };
    if (bytes.byteLength <= COMPRESSED_ABOVE) return new ReadyPage(plain, null, modifiedAt);
    const zipped = { ...told, etag: `"${hash}-gzip"`, "content-encoding": "gzip" };
    const form = { bytes: await compress(bytes), headers: zipped };
    return new ReadyPage(plain, form, modifiedAt);
  }

  /** How many bytes it keeps. */
  get size(): number {
    return this.#plain.bytes.byteLength + (this.#zipped?.bytes.byteLength ?? 0);
  }

  /** Answers a GET or HEAD, or as its conditions ask: 200, 304 or 412. A page has no parts. */
  answer(request: Request, others: HeaderRecord): Response {
    const { bytes, headers } = this.#formFor(request);
    const told = { ...others, ...headers };
    const validators = { etag: headers.etag, modifiedAt: this.#modifiedAt, size: bytes.byteLength };
    switch (judge(request, validators)) {
      case "not_modified":
        return new Response(null, { status: 304, headers: told });
      case "precondition_failed":
        return new Response(null, {
          status: 412,
          headers: { ...told, "cache-control": "no-store" },
        });
      default:
        return new Response(bytes, { headers: told });
    }
  }

  #formFor(request: Request): Form {
    if (this.#zipped === null || chooseCoding(request, ["gzip"]) === null) return this.#plain;
    return this.#zipped;
  }
}

type HeaderRecord = Readonly<Record<string, string>>;

/** One of the codings in which a page is kept, with the headers that belong to it. */
interface Form {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: HeaderRecord & { readonly etag: string };
}
