import type { Env } from "markdown-it";

/**
 * HTML that our renderer adds and the sanitizer need not check: placeholders stand for it until the rest is sanitized.
 * A placeholder is between NULs, so no author can write one: cleanText removes NULs from the source.
 */
export class TrustedHtml {
  readonly #parts: string[] = [];

  /** Returns the instance that a document is rendered with. */
  static in(env: Env | undefined): TrustedHtml {
    if (env?.trusted instanceof TrustedHtml) return env.trusted;
    throw new Error("The document is rendered without TrustedHtml.");
  }

  /** Keeps `html`; returns its placeholder. */
  keep(html: string): string {
    return `\0${this.#parts.push(html) - 1}\0`;
  }

  /** Replaces the placeholders in a text node. In attributes they are not replaced. */
  fillIn(text: string): string {
    return text.replaceAll(/\0(\d+)\0/g, (_, at) => this.#parts[Number(at)] ?? "");
  }

  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }
}
