/** The path of a URL's pattern, its parameters percent-encoded; the slashes of a `*`, the value `path`, stay. */
export function fillPattern(pattern: string, values: Readonly<Record<string, string>>): string {
  const pieces = known.get(pattern) ?? split(pattern);
  let path = pieces[0] ?? "";
  for (let at = 1; at < pieces.length; at += 2) {
    const key = pieces[at] ?? "";
    path += encodePath(values[key] ?? "", key) + pieces[at + 1];
  }
  return path;
}

/** The text of each pattern and, in between, the names of its parameters. */
const known = new Map<string, readonly string[]>();

function split(pattern: string): readonly string[] {
  const pieces = pattern.replace("*", ":path").split(/(?<=[/.]):(\w+)/);
  known.set(pattern, pieces);
  return pieces;
}

/** What no encoding changes. */
const UNRESERVED = /^[\w.~-]*$/;

function encodePath(value: string, key: string): string {
  if (UNRESERVED.test(value)) return value;
  const encoded = encodeURIComponent(value.toWellFormed());
  return key === "path" ? encoded.replaceAll("%2F", "/") : encoded;
}

export type Query = Readonly<Record<string, string | null | undefined>>;

/** A query as a form writes it, with its question mark; absent values are left out, and if all are, it is empty. */
export function writeQuery(query: Query): string {
  let written = "";
  for (const key in query) {
    const value = query[key];
    if (value != null) written += `${written === "" ? "?" : "&"}${writePair(key, value)}`;
  }
  return written;
}

/** What a form does not encode. */
const PLAIN = /^[\w.*-]*$/;

function writePair(key: string, value: string): string {
  if (PLAIN.test(key) && PLAIN.test(value)) return `${key}=${value}`;
  return new URLSearchParams([[key, value]]).toString();
}
