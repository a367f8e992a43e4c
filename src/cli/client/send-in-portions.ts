import { stat } from "node:fs/promises";
import { writeMetadata } from "../../files/uploads/upload.ts";
import { fillPattern } from "../../http/fill-pattern.ts";
import { apiUrls } from "../../http/urls/api-urls.ts";
import { Problem } from "../../problem.ts";
import type { RemoteClient } from "./remote-client.ts";
import { text } from "./text.en.ts";

/** Bytes of a request, and how few they become where a proxy refuses more. */
export const PORTION = 16_777_216;
const LEAST_PORTION = 262_144;

/** How long it waits after each failure in a row, in milliseconds. */
const DELAYS = [500, 1000, 2000, 5000, 10_000, 20_000];

const TUS = { "tus-resumable": "1.0.0" };
const UPLOADS = apiUrls.apiUploads.pattern;

/** How many bytes of a file the site has. */
type ShowSent = (sent: number) => void;

/**
 * Sends a file in portions (tus 1.0), and goes on where a former call stopped: the site knows its unfinished uploads by
 * what describes the file. Of a file that it has already, nothing is sent. Returns the id of the upload, for the
 * request that creates its link.
 * @throws Problem also for a file that changes meanwhile
 */
export async function sendInPortions(
  client: RemoteClient,
  { name, path }: { readonly name: string; readonly path: string },
  show: ShowSent,
): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const metadata = await describe(name, path, mtimeMs);
  const upload = new SentUpload(client, path, size, show);
  const id = await upload.send(metadata);
  const after = await stat(path);
  if (after.size === size && after.mtimeMs === mtimeMs) return id;
  throw new Problem("conflict", text.fileChanged(name));
}

/** `Upload-Metadata` of a file, the same each time. */
async function describe(name: string, path: string, modified: number): Promise<string> {
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of Bun.file(path).stream()) hasher.update(chunk);
  return writeMetadata({
    filename: name,
    modified: `${Math.round(modified)}`,
    purpose: "hold",
    sha256: hasher.digest("hex"),
  });
}

interface Place {
  readonly id: string;
  readonly offset: number;
}

class SentUpload {
  readonly #client: RemoteClient;
  readonly #path: string;
  readonly #size: number;
  readonly #show: ShowSent;
  #portion = PORTION;
  #failures = 0;

  constructor(client: RemoteClient, path: string, size: number, show: ShowSent) {
    this.#client = client;
    this.#path = path;
    this.#size = size;
    this.#show = show;
  }

  async send(metadata: string): Promise<string> {
    let { id, offset } = (await this.#find(metadata)) ?? (await this.#begin(metadata));
    this.#show(offset);
    while (offset < this.#size) {
      offset = await this.#sendPortion(id, offset);
      this.#show(offset);
    }
    return id;
  }

  /** An unfinished upload of the file. */
  async #find(metadata: string): Promise<Place | null> {
    const path = `${UPLOADS}?${new URLSearchParams({ metadata })}`;
    const { items } = (await (await this.#client.request("GET", path)).json()) as {
      readonly items: readonly (Place & { readonly length: number })[];
    };
    return items.find(({ length }) => length === this.#size) ?? null;
  }

  async #begin(metadata: string): Promise<Place> {
    const headers = { ...TUS, "upload-length": `${this.#size}`, "upload-metadata": metadata };
    const answer = await this.#client.send("POST", UPLOADS, { headers });
    if (answer.status !== 201) throw await this.#client.refusal(answer);
    const id = answer.headers.get("location")?.split("/").at(-1) ?? "";
    return { id, offset: offsetIn(answer) };
  }

  /** Returns how far the upload is then. */
  async #sendPortion(id: string, offset: number): Promise<number> {
    const headers = {
      ...TUS,
      "upload-offset": `${offset}`,
      "content-type": "application/offset+octet-stream",
    };
    const body = Bun.file(this.#path).slice(offset, offset + this.#portion);
    const answer = await this.#client.send("PATCH", pathOf(id), { headers, body }).catch(passing);
    if (answer instanceof Response) {
      if (answer.status === 204) return this.#goOn(offsetIn(answer));
      const isProxy = answer.status === 413 && !answer.headers.has("tus-resumable");
      if (isProxy && this.#portion > LEAST_PORTION) {
        this.#portion = Math.max(LEAST_PORTION, Math.floor(this.#portion / 2));
        return await this.#askOffset(id, offset);
      }
    }
    const failure = answer instanceof Response ? await this.#failureOf(answer) : answer;
    await this.#wait(failure);
    return await this.#askOffset(id, offset);
  }

  #goOn(offset: number): number {
    this.#failures = 0;
    return offset;
  }

  async #askOffset(id: string, before: number): Promise<number> {
    const answer = await this.#client.send("HEAD", pathOf(id), { headers: TUS }).catch(passing);
    if (answer instanceof Response && answer.ok) {
      const offset = offsetIn(answer);
      return offset > before ? this.#goOn(offset) : offset;
    }
    if (answer instanceof Response && answer.status === 404)
      throw await this.#client.refusal(answer);
    // The next portion finds out.
    return before;
  }

  /** @throws Problem for what another attempt does not change */
  async #failureOf(answer: Response): Promise<Problem> {
    const problem = await this.#client.refusal(answer);
    const isPassing = [409, 423].includes(answer.status) || answer.status >= 500;
    if (!isPassing || problem.code === "over_quota") throw problem;
    return problem;
  }

  async #wait(failure: Problem): Promise<void> {
    const delay = DELAYS[this.#failures++];
    if (delay === undefined)
      throw new Problem(failure.code, text.stopped(failure.message), { cause: failure });
    await Bun.sleep(delay);
  }
}

function pathOf(upload: string): string {
  return fillPattern(apiUrls.apiUpload.pattern, { upload });
}

function offsetIn({ headers }: Response): number {
  return Number(headers.get("upload-offset") ?? 0);
}

/** A site that cannot be reached may be there again. */
function passing(thrown: unknown): Problem {
  if (thrown instanceof Problem && thrown.code === "busy") return thrown;
  throw thrown;
}
