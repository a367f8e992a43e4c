/** A position in a text; lines and columns count from 1. */
export interface LinePlace {
  readonly line: number;
  readonly column: number;
}

/** The positions of links and keys in a links.toml, which the TOML parser does not report. */
export interface LinePlaces {
  /** The position of a link's key, or else of the link. */
  of(shortCode: string, key?: string): LinePlace;
  /** The position of a top-level key. */
  ofName(name: string): LinePlace;
}

const KEY = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')`;
const KEYS = String.raw`${KEY}(?:\s*\.\s*${KEY})*`;
const HEADER = new RegExp(String.raw`^\s*\[\[?\s*(${KEYS})\s*\]`);
const ASSIGNMENT = new RegExp(String.raw`^(\s*)(${KEYS})\s*=\s*`);

/** Parts of the longest path that is asked for: `links`, a short code, a key. */
const LONGEST = 3;

const FIRST: LinePlace = { line: 1, column: 1 };

type Found = ReadonlyMap<string, LinePlace>;

/** Finds every table and key of `text` in one pass, when first used; keys of an inline table have its position. */
export function indexLinks(text: string): LinePlaces {
  let found: Found | undefined;
  const at = (...path: readonly string[]) => {
    found ??= findKeys(text);
    return found.get(keyOf(path));
  };
  return {
    of: (code, key) =>
      (key === undefined ? undefined : at("links", code, key)) ?? at("links", code) ?? FIRST,
    ofName: (name) => at(name) ?? FIRST,
  };
}

function findKeys(text: string): Found {
  const found = new Map<string, LinePlace>();
  const note = (path: readonly string[], place: LinePlace) => {
    const most = Math.min(path.length, LONGEST);
    for (let length = 1; length <= most; length++) {
      const key = keyOf(path.slice(0, length));
      if (!found.has(key)) found.set(key, place);
    }
  };
  let section: readonly string[] = [];
  for (const { line, content } of keyLines(text)) {
    const header = HEADER.exec(content)?.[1];
    const [, indent = "", keys] = ASSIGNMENT.exec(content) ?? [];
    if (header !== undefined) {
      section = splitKeys(header).slice(0, LONGEST);
      note(section, { line, column: 1 });
    }
    if (keys !== undefined)
      note([...section, ...splitKeys(keys)], { line, column: indent.length + 1 });
  }
  return found;
}

function keyOf(path: readonly string[]): string {
  return JSON.stringify(path);
}

/** The lines that can have a key: none inside a multi-line string. */
function* keyLines(text: string): Generator<{ line: number; content: string }> {
  let quotes: string | null = null;
  let end = -1;
  for (let line = 1; end < text.length; line++) {
    const start = end + 1;
    end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    const content = text.slice(start, end);
    if (quotes === null) {
      yield { line, content };
      quotes = openString(content);
    } else if (endsString(content, quotes)) quotes = null;
  }
}

/** The quotes of a string that continues on the next line, or null. */
function openString(content: string): string | null {
  const [assignment] = ASSIGNMENT.exec(content) ?? [];
  if (assignment === undefined) return null;
  const value = content.slice(assignment.length);
  const quotes = value.slice(0, 3);
  if (quotes !== '"""' && quotes !== "'''") return null;
  return endsString(value.slice(3), quotes) ? null : quotes;
}

function endsString(content: string, quotes: string): boolean {
  return (quotes === '"""' ? content.replaceAll(/\\./g, "") : content).includes(quotes);
}

function splitKeys(keys: string): string[] {
  return [...keys.matchAll(new RegExp(KEY, "g"))].map(([key]) => plainKey(key));
}

function plainKey(key: string): string {
  if (key.startsWith("'")) return key.slice(1, -1);
  if (!key.startsWith('"')) return key;
  try {
    return String(JSON.parse(key));
  } catch {
    return key.slice(1, -1);
  }
}
