import type { Env } from "markdown-it";

/**
 * HTML of our own making that the sanitiser need not see: it stands in the page as a mark until the rest is clean.
 * A mark is between NULs, and no author can write one: cleanText takes them out of the source.
 */
export class Made {
  readonly #parts: string[] = [];

  /** The one that a document is rendered with. */
  static in(env: Env | undefined): Made {
    if (env?.made instanceof Made) return env.made;
    throw new Error("This document is rendered without a place for what is made for it.");
  }

  /** Keeps `html`; gives the mark that stands for it. */
  keep(html: string): string {
    return `\0${this.#parts.push(html) - 1}\0`;
  }

  /** `text` with its marks replaced. Only where a text stands: in an attribute they stay marks. */
  fillIn(text: string): string {
    return text.replaceAll(/\0(\d+)\0/g, (_, at) => this.#parts[Number(at)] ?? "");
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }
}
