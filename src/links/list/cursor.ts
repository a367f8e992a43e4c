import { type Direction, type LinkSort, linkSorts } from "./list-query.ts";

/** A place in a sorted list: a link, by what it is sorted by and its id. */
export interface Place {
  /** Null: the id alone decides, or it lacks what is sorted by. */
  readonly key: string | number | null;
  readonly id: number;
}

/** A page as its neighbour names it. */
export interface Cursor {
  readonly sort: LinkSort;
  readonly direction: Direction;
  /** On which side of `place` the page lies. */
  readonly side: "after" | "before";
  readonly place: Place;
}

/** Longer than any key of ours: a folded code has at most a few hundred characters. */
const MAX_LENGTH = 4000;

export function writeCursor({ sort, direction, side, place }: Cursor): string {
  const parts = [linkSorts.indexOf(sort), direction, side, place.key, place.id];
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** Null for anything that `writeCursor` did not write for this order. */
export function readCursor(text: string, sort: LinkSort, direction: Direction): Cursor | null {
  const parts = parseParts(text);
  if (parts === null || parts.length !== 5) return null;
  const [place, way, side, key, id] = parts;
  if (place !== linkSorts.indexOf(sort) || way !== direction) return null;
  if (side !== "after" && side !== "before") return null;
  if (!isKey(key, sort) || !isWhole(id)) return null;
  return { sort, direction, side, place: { key, id } };
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

function isKey(key: unknown, sort: LinkSort): key is Place["key"] {
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
