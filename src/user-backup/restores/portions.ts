import type { VisitsRow } from "../archived-visits.ts";
import { type CheckedLink, contentsOf, type SkippedLink } from "../checked-link.ts";

/**
 * What one transaction writes at most: others' writes wait for so long. A link with a file counts as several, since it
 * takes more statements.
 */
export const PORTION = { links: 500, rows: 20_000, visitors: 500, bytes: 268_435_456 };
const LINKS_A_FILE = 4;

type ArchiveLink = CheckedLink | SkippedLink;

/** Splits a page of links, so that each part can be written at once. */
export function* linkPortions(page: readonly ArchiveLink[]): Generator<readonly ArchiveLink[]> {
  let part: ArchiveLink[] = [];
  let [count, bytes] = [0, 0];
  for (const link of page) {
    const contents = "reason" in link ? [] : contentsOf(link);
    const cost = Math.max(1, contents.length * LINKS_A_FILE);
    const size = contents.reduce((sum, content) => sum + content.size, 0);
    if (part.length > 0 && (count + cost > PORTION.links || bytes + size > PORTION.bytes)) {
      yield part;
      part = [];
      [count, bytes] = [0, 0];
    }
    part.push(link);
    count += cost;
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** Splits a page of visits: each new visitor takes statements of its own. */
export function* rowPortions(page: readonly VisitsRow[]): Generator<readonly VisitsRow[]> {
  let part: VisitsRow[] = [];
  let visitors = new Set<number>();
  for (const row of page) {
    const [, , visitor] = row;
    const isFull = visitors.size >= PORTION.visitors && !visitors.has(visitor);
    if (isFull || part.length >= PORTION.rows) {
      yield part;
      part = [];
      visitors = new Set();
    }
    visitors.add(visitor);
    part.push(row);
  }
  if (part.length > 0) yield part;
}
