import { LRUCache } from "lru-cache";
import type { Clock } from "../clock.ts";
import type { StoredBytes } from "../files/blob.ts";
import type { Blobs } from "../files/blobs.ts";
import type { Content } from "../links/link.ts";
import { Problem } from "../problem.ts";
import { currentLanguage } from "../text/language.ts";
import { textOf } from "../text/text-encoding.ts";
import { cleanText, decodeText } from "./decode-text.ts";
import { MAX_CODE } from "./markdown/highlight.ts";
import type { Rendered, RenderOptions } from "./render-markdown.ts";
import { OWN_TURN, type RenderTurn } from "./render-queue.ts";
import { MAX_SOURCE, type Renderer } from "./renderer.ts";

/** The stored source of a page. */
export type Source = Pick<Content, "path"> & StoredBytes;

export interface PagesParts {
  readonly blobs: Pick<Blobs, "open">;
  readonly renderer: Pick<Renderer, "render" | "prepare">;
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
   * @throws Problem `too_large`, `invalid` (too complex or too slow), `busy`, `too_many`, or `internal` where it is
   *   damaged
   */
  render(source: Source, options: RenderOptions, turn = OWN_TURN): Promise<Rendered> {
    const key = keyOf(source.sha256, options);
    return this.#renderOnce(key, turn, () => {
      turn.spend(costOf(source.size));
      return this.renderer.render(() => this.readSource(source), options, turn);
    });
  }

  /**
   * Renders a text that is not stored yet.
   * @throws Problem `too_large`, `invalid`, `busy` or `too_many`
   */
  renderText(text: string, options: RenderOptions, turn = OWN_TURN): Promise<Rendered> {
    const sha256 = new Bun.CryptoHasher("sha256").update(text).digest("hex");
    return this.#renderOnce(keyOf(sha256, options), turn, () => {
      turn.spend(costOf(text.length));
      return this.renderer.render(cleanText(text), options, turn);
    });
  }

  /**
   * Highlights a stored text as `language`; null if it is not highlighted, as a long one or in an unknown language.
   * @throws Problem `busy`, `too_many`, or `internal` where it is damaged
   */
  async highlight(source: Source, language: string, turn: RenderTurn): Promise<string | null> {
    if (source.size > MAX_CODE_BYTES) return null;
    const key = `${source.sha256} code ${language}`;
    try {
      const { html, usesCode } = await this.#renderOnce(key, turn, async () => {
        turn.spend(costOf(source.size) * CODE_FACTOR);
        const read = () => this.#readFenced(source, language);
        return plainIsEmpty(await this.renderer.render(read, { nofollow: true }, turn));
      });
      return usesCode ? html : null;
    } catch (thrown) {
      if (isRefusal(thrown)) return null;
      throw thrown;
    }
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

  /** As the only code block of a document; what is no text is not highlighted. */
  async #readFenced(source: Source, language: string): Promise<string> {
    const bytes = await this.#blobs.open(source);
    const code = textOf(await bytes.bytes(), false) ?? "";
    if (code === "" || code.length > MAX_CODE) return "";
    const fence = fenceFor(code);
    return `${fence}${language}\n${code}${code.endsWith("\n") ? "" : "\n"}${fence}`;
  }

  /** A more urgent request does not wait with a less urgent one. */
  async #renderOnce(
    key: string,
    { queue }: RenderTurn,
    render: () => Promise<Rendered>,
  ): Promise<Rendered> {
    const kept = this.#kept.get(key);
    if (kept instanceof Problem) throw kept;
    const waiting = `${queue} ${key}`;
    return kept ?? (await (this.#underWay.get(waiting) ?? this.#begin(key, waiting, render)));
  }

  async #begin(key: string, waiting: string, render: () => Promise<Rendered>): Promise<Rendered> {
    const turn = render();
    this.#underWay.set(waiting, turn);
    try {
      const rendered = await turn;
      this.#kept.set(key, rendered);
      return rendered;
    } catch (thrown) {
      if (isRefusal(thrown)) this.#kept.set(key, thrown, { ttl: REFUSED_MS });
      throw thrown;
    } finally {
      this.#underWay.delete(waiting);
    }
  }
}

function keyOf(sha256: string, { nofollow }: RenderOptions): string {
  return `${sha256} ${nofollow} ${currentLanguage()}`;
}

/** Most bytes of a text that may be highlighted. */
const MAX_CODE_BYTES = MAX_CODE * 3;

/** Milliseconds of CPU time that so many bytes take. */
function costOf(bytes: number): number {
  return 1 + Math.min(bytes, MAX_READ) / 1000;
}

/** Code takes so many times as long as other text. */
const CODE_FACTOR = 5;

/** Only highlighted code is cached with its HTML: other text is shown as it is. */
function plainIsEmpty(rendered: Rendered): Rendered {
  return rendered.usesCode ? rendered : { ...rendered, html: "" };
}

/** Longer than any run of backticks in the code, so that none of them ends it. */
function fenceFor(code: string): string {
  const longest = (code.match(/\x60+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  return "\x60".repeat(longest + 1);
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
