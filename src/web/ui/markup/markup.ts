/** Markup that is ready: its text is escaped, and no longer changes. */
export class Markup {
  readonly #html: string;

  constructor(html: string) {
    this.#html = html;
  }

  toString(): string {
    return this.#html;
  }
}

/** What may stand within markup: a text is escaped; null, undefined and booleans are left out. */
export type Child = Markup | string | number | boolean | null | undefined | readonly Child[];

/** Markup by a template, the cheapest way to make it: its values are escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly Child[]): Markup {
  let written = parts[0] ?? "";
  for (let at = 0; at < values.length; at++) written += write(values[at]) + parts[at + 1];
  return new Markup(written);
}

/** Takes `html` for markup as it is. */
export function raw(html: string): Markup {
  return new Markup(html);
}

/** The HTML of a child. */
export function write(child: Child): string {
  if (typeof child === "string") return escapeText(child);
  if (child instanceof Markup) return child.toString();
  if (typeof child === "number") return `${child}`;
  return typeof child === "object" && child !== null ? writeAll(child) : "";
}

function writeAll(children: readonly Child[]): string {
  let written = "";
  for (const child of children) written += write(child);
  return written;
}

/** Also for values of attributes in quotes. */
export function escapeText(text: string): string {
  const escaped = Bun.escapeHTML(text);
  return escaped.length === text.length ? text : escaped.replaceAll("&#x27;", "&#39;");
}
