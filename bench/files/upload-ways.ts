import { href } from "../../src/http/urls.ts";
import type { Side } from "../sides/side.ts";

/** Bytes of a portion: what the pages send. */
const PORTION = 16_777_216;

/** Uploads a file in one request, or in portions by tus, from this process. */
export class UploadWays {
  readonly #origin: string;
  readonly #cookie: string;
  readonly #path: string;

  constructor({ port }: Side, cookie: string, path: string) {
    this.#origin = `http://127.0.0.1:${port}`;
    this.#cookie = cookie;
    this.#path = path;
  }

  /** @throws Error unless a link is created */
  async whole(code: string): Promise<void> {
    const query = new URLSearchParams({ short_code: code });
    const headers = {
      "content-type": "application/octet-stream",
      "content-disposition": 'attachment; filename="big.bin"',
    };
    const path = `${href("apiFiles")}?${query}`;
    await this.#ask("POST", path, headers, 201, Bun.file(this.#path));
  }

  /** @throws Error unless a link is created */
  async inPortions(code: string): Promise<void> {
    const file = Bun.file(this.#path);
    const fields = `filename ${btoa("big.bin")},short_code ${btoa(code)}`;
    const begin = { "upload-length": `${file.size}`, "upload-metadata": fields };
    const begun = await this.#ask("POST", href("apiUploads"), begin, 201);
    const path = begun.headers.get("location") ?? "";
    for (let at = 0; at < file.size; ) {
      const headers = {
        "upload-offset": `${at}`,
        "content-type": "application/offset+octet-stream",
      };
      const { headers: answered } = await this.#ask(
        "PATCH",
        path,
        headers,
        204,
        file.slice(at, at + PORTION),
      );
      at = Number(answered.get("upload-offset"));
      if (at === file.size && !answered.has("trunk8-url")) throw new Error(`${code}: no link.`);
    }
  }

  /** Deletes the link, for good. */
  async remove(code: string): Promise<void> {
    await this.#ask("DELETE", href("apiLink", { shortCode: code }), {}, 204);
  }

  async #ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    expected: number,
    body: Blob | null = null,
  ): Promise<Response> {
    const answer = await fetch(this.#origin + path, {
      method,
      headers: { cookie: this.#cookie, "tus-resumable": "1.0.0", ...headers },
      body,
    });
    if (answer.status !== expected)
      throw new Error(
        `${method} ${path} was answered with ${answer.status}: ${await answer.text()}`,
      );
    return answer;
  }
}
