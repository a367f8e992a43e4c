import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { StoredBytes } from "../files/blob.ts";
import type { Blobs } from "../files/blobs.ts";
import type { Content } from "../links/link.ts";
import { Problem } from "../problem.ts";
import { currentLanguage } from "../text/language.ts";
import { cleanText, decodeText } from "./decode-text.ts";
import type { Rendered, RenderOptions } from "./render-markdown.ts";
import { MAX_SOURCE, type Renderer } from "./renderer.ts";

/** The stored source of a page. */
export type Source = Pick<Content, "path"> & StoredBytes;

export interface PagesParts {
  readonly blobs: Pick<Blobs, "open">;
  readonly renderer: Pick<Renderer, "render">;
  readonly clock: Clock;
}

/** A rendered document, or why it cannot be rendered. */
type Outcome = Rendered | Problem;

/** Upper bound in bytes for a document of MAX_SOURCE characters (at most 3 bytes each). */
export const MAX_READ = (MAX_SOURCE + 2) * 3;

/** Characters of rendered documents that each process caches. */
const MAX_KEPT = 32_000_000;

/** Milliseconds for which a refusal is cached: a busy machine may be faster later. */
const REFUSED_MS = 60_000;

/** Number of HTML pages for which it is cached whether they are UTF-8. */
const MAX_CHECKED = 10_000;

/** Renders documents and caches them: concurrent requests for one document share its rendering. */
export class Pages {
  readonly #blobs: PagesParts["blobs"];
  readonly renderer: PagesParts["renderer"];
  readonly #kept: LRUCache<string, Outcome>;
  readonly #underWay = new Map<string, Promise<Rendered>>();
  readonly #areUtf8 = new LRUCache<string, boolean>({ max: MAX_CHECKED });

  constructor({ blobs, renderer, clock }: PagesParts) {
    this.#blobs = blobs;
    this.renderer = renderer;
    this.#kept = new LRUCache({
      maxSize: MAX_KEPT,
      sizeCalculation: sizeOf,
      perf: { now: clock },
      ttlResolution: 0,
    });
  }

  /**
   * Renders a stored source.
   * @throws Problem `too_large`, `invalid` (too complex or too slow), `busy`, or `internal` where it is damaged
   */
  render(source: Source, options: RenderOptions): Promise<Rendered> {
    return this.#renderOnce(source.sha256, options, () => this.readSource(source));
  }

  /**
   * Renders a text that is not stored yet.
   * @throws Problem `too_large`, `invalid` or `busy`
   */
  renderText(text: string, options: RenderOptions): Promise<Rendered> {
    const sha256 = new Bun.CryptoHasher("sha256").update(text).digest("hex");
    return this.#renderOnce(sha256, options, async () => cleanText(text));
  }

  /** Decodes a source; of a very long one, only the beginning. */
  async readSource(source: Source): Promise<string> {
    const bytes = await this.#blobs.open(source);
    return decodeText(await bytes.slice(0, MAX_READ).bytes());
  }

  /** Whether a source is valid UTF-8. */
  async isUtf8(source: Source): Promise<boolean> {
    const known = this.#areUtf8.get(source.sha256);
    if (known !== undefined) return known;
    const found = await isValid(await this.#blobs.open(source));
    this.#areUtf8.set(source.sha256, found);
    return found;
  }

  async #renderOnce(
    sha256: string,
    options: RenderOptions,
    read: () => Promise<string>,
  ): Promise<Rendered> {
    const key = `${sha256} ${options.nofollow} ${currentLanguage()}`;
    const kept = this.#kept.get(key);
    if (kept instanceof Problem) throw kept;
    return kept ?? (await (this.#underWay.get(key) ?? this.#begin(key, options, read)));
  }

  async #begin(
    key: string,
    options: RenderOptions,
    read: () => Promise<string>,
  ): Promise<Rendered> {
    const turn = read().then((text) => this.renderer.render(text, options));
    this.#underWay.set(key, turn);
    try {
      const rendered = await turn;
      this.#kept.set(key, rendered);
      return rendered;
    } catch (thrown) {
      if (isRefusal(thrown)) this.#kept.set(key, thrown, { ttl: REFUSED_MS });
      throw thrown;
    } finally {
      this.#underWay.delete(key);
    }
  }
}

/** Whether a failure is due to the document, and not temporary. */
export function isRefusal(thrown: unknown): thrown is Problem {
  return thrown instanceof Problem && (thrown.code === "invalid" || thrown.code === "too_large");
}

function sizeOf(outcome: Outcome): number {
  return 1000 + (outcome instanceof Problem ? 0 : outcome.html.length);
}

async function isValid(bytes: Blob): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const chunk of bytes.stream()) decoder.decode(chunk, { stream: true });
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
