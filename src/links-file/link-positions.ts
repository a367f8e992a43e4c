/** A place in a text; lines and columns count from 1. */
export interface LinePlace {
  readonly line: number;
  readonly column: number;
}

/** Where a links.toml speaks of what; the parser does not say. */
export interface LinePlaces {
  /** Of a link's word, or else of the link. */
  of(shortCode: string, word?: string): LinePlace;
  /** Of a name at the top of the file. */
  ofName(name: string): LinePlace;
}

const KEY = String.raw`(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')`;
const KEYS = String.raw`${KEY}(?:\s*\.\s*${KEY})*`;
const HEADER = new RegExp(String.raw`^\s*\[\[?\s*(${KEYS})\s*\]`);
const ASSIGNMENT = new RegExp(String.raw`^(\s*)(${KEYS})\s*=\s*`);

const FIRST: LinePlace = { line: 1, column: 1 };

type Found = ReadonlyMap<string, LinePlace>;

/** Finds every table and key of `text` in one pass, when first asked; what stands in an inline table is placed there. */
export function indexLinks(text: string): LinePlaces {
  let found: Found | undefined;
  const at = (...path: readonly string[]) => {
    found ??= findKeys(text);
    return found.get(keyOf(path));
  };
  return {
    of: (code, word) =>
      (word === undefined ? undefined : at("links", code, word)) ?? at("links", code) ?? FIRST,
    ofName: (name) => at(name) ?? FIRST,
  };
}

function findKeys(text: string): Found {
  const found = new Map<string, LinePlace>();
  const note = (path: readonly string[], place: LinePlace) => {
    for (let length = 1; length <= path.length; length++) {
      const key = keyOf(path.slice(0, length));
      if (!found.has(key)) found.set(key, place);
    }
  };
  let section: readonly string[] = [];
  for (const { line, content } of keyLines(text)) {
    const header = HEADER.exec(content)?.[1];
    const [, indent = "", keys] = ASSIGNMENT.exec(content) ?? [];
    if (header !== undefined) {
      section = splitKeys(header);
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

/** The lines on which a key can stand: none inside of a text of several lines. */
function* keyLines(text: string): Generator<{ line: number; content: string }> {
  let quotes: string | null = null;
  for (const [index, content] of text.split("\n").entries()) {
    if (quotes !== null) {
      if (endsText(content, quotes)) quotes = null;
      continue;
    }
    yield { line: index + 1, content };
    quotes = textLeftOpen(content);
  }
}

/** The quotes of a text that goes on in the next line; null where none does. */
function textLeftOpen(content: string): string | null {
  const [assignment] = ASSIGNMENT.exec(content) ?? [];
  if (assignment === undefined) return null;
  const value = content.slice(assignment.length);
  const quotes = value.slice(0, 3);
  if (quotes !== '"""' && quotes !== "'''") return null;
  return endsText(value.slice(3), quotes) ? null : quotes;
}

function endsText(content: string, quotes: string): boolean {
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
