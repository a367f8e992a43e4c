import { type Direction, type LinkSort, linkSorts } from "./list-query.ts";

/** A row of a sorted list: the sort key of a link, and its id. */
export interface CursorRow {
  /** Null: the id alone decides, or the link has no value to sort by. */
  readonly key: string | number | null;
  readonly id: number;
}

/** The position of a page, as its neighbour refers to it. */
export interface Cursor {
  readonly sort: LinkSort;
  readonly direction: Direction;
  /** The side of `row` on which the page is. */
  readonly side: "after" | "before";
  readonly row: CursorRow;
}

/** Upper bound of a cursor: a folded short code has at most a few hundred characters. */
const MAX_LENGTH = 4000;

export function writeCursor({ sort, direction, side, row }: Cursor): string {
  const parts = [linkSorts.indexOf(sort), direction, side, row.key, row.id];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** Null for anything that `writeCursor` did not write for this order. */
export function readCursor(text: string, sort: LinkSort, direction: Direction): Cursor | null {
  const parts = parseParts(text);
  if (parts === null || parts.length !== 5) return null;
  const [sortAt, givenDirection, side, key, id] = parts;
  if (sortAt !== linkSorts.indexOf(sort) || givenDirection !== direction) return null;
  if (side !== "after" && side !== "before") return null;
  if (!isKey(key, sort) || !isWhole(id)) return null;
  return { sort, direction, side, row: { key, id } };
}

function parseParts(text: string): unknown[] | null {
  if (text.length > MAX_LENGTH) return null;
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    return Array.isArray(parts) ? parts : null;
  } catch {
    return null;
  }
}

function isKey(key: unknown, sort: LinkSort): key is CursorRow["key"] {
  switch (sort) {
    case "code":
      return typeof key === "string" && key.isWellFormed() && !key.includes("\0");
    case "created":
      return key === null;
    case "visits":
      return isWhole(key);
    case "expiry":
    case "last_visit":
      return key === null || isWhole(key);
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
