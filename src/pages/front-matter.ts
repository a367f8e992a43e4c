/** What a document says about itself in YAML before its text. */
export interface FrontMatter {
  readonly title: string | null;
  readonly description: string | null;
  /** A BCP 47 tag. */
  readonly lang: string | null;
}

export interface SplitSource {
  readonly front: FrontMatter;
  /** The document without its front matter. */
  readonly body: string;
}

const NONE: FrontMatter = { title: null, description: null, lang: null };

/** Longest front matter in characters; with more, the document is shown as it is. */
const MAX_LENGTH = 10_000;

const BLOCK = /^---[ \t]*\n([\s\S]*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)/;

/** Separates the front matter from a document. A block that is no YAML mapping is part of the text. */
export function splitFrontMatter(source: string): SplitSource {
  const [block, yaml = ""] = BLOCK.exec(source.slice(0, MAX_LENGTH)) ?? [];
  const fields = block === undefined ? null : parseMapping(yaml);
  if (block === undefined || fields === null) return { front: NONE, body: source };
  const front = {
    title: textOf(fields.title),
    description: textOf(fields.description),
    lang: languageOf(textOf(fields.lang)),
  };
  return { front, body: source.slice(block.length) };
}

function parseMapping(yaml: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = Bun.YAML.parse(yaml);
    const isMapping = typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
    return isMapping ? { ...parsed } : null;
  } catch {
    return null;
  }
}

function textOf(value: unknown): string | null {
  if (typeof value !== "string" && typeof value !== "number") return null;
  return String(value).replaceAll(/\s+/g, " ").trim() || null;
}

/** The canonical form of a language tag, also of one written with an underscore; null for anything else. */
function languageOf(tag: string | null): string | null {
  if (tag === null) return null;
  try {
    return new Intl.Locale(tag.replaceAll("_", "-")).toString();
  } catch {
    return null;
  }
}
