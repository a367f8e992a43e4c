import { z } from "zod";
import { kinds, linkStatuses } from "../link.ts";
import type { ListedLink } from "../rows/link-columns.ts";

/** `created` is the order of creation. */
export const linkSorts = ["created", "code", "visits", "expiry", "last_visit"] as const;
export type LinkSort = (typeof linkSorts)[number];

export const directions = ["asc", "desc"] as const;
export type Direction = (typeof directions)[number];

/** How many of the tags of a query a link has. */
export const tagModes = ["any", "all", "none"] as const;
export type TagMode = (typeof tagModes)[number];

/** The query of a list: a filter, an order and a page. */
export const linkQuerySchema = z.strictObject({
  /** Absent: links of all owners. */
  ownerId: z.int().optional(),
  /** Words, each of which the code, the target or file name, the title or the note contains. */
  text: z.string().optional(),
  /** Origins of this site: a word that is a short URL of one of them means its link. */
  ownOrigins: z.array(z.string()).readonly().optional(),
  kind: z.enum(kinds).optional(),
  status: z.enum(linkStatuses).optional(),
  /** Names of tags; each of them is compared without case and accents. */
  tags: z.array(z.string()).readonly().optional(),
  /** Default `all`. */
  tagMode: z.enum(tagModes).optional(),
  /** Default `created`. No expiry, and no visit, come last in either direction. */
  sort: z.enum(linkSorts).optional(),
  /** Default: the newest, most visited and last visited first; codes and expiries from the first to the last. */
  direction: z.enum(directions).optional(),
  /** Cursor from `next` or `previous`; an invalid one means the first page. */
  cursor: z.string().optional(),
  /** Links on a page. */
  limit: z.int().min(1),
});

export type LinkQuery = Readonly<z.output<typeof linkQuerySchema>>;

/** The links of a query, in the order of their creation. */
export type ListFilter = Omit<LinkQuery, "sort" | "direction" | "cursor" | "limit">;

export interface LinkPage {
  readonly links: readonly ListedLink[];
  /** The `cursor` of the next page; null on the last. */
  readonly next: string | null;
  /** The `cursor` of the page before; null on the first. */
  readonly previous: string | null;
  /** The number of links on all pages. */
  readonly total: number;
  /** Whether `total` stopped counting, at 10,000. */
  readonly isMore: boolean;
}

/** The default direction of each sort order. */
export const usualDirections: Readonly<Record<LinkSort, Direction>> = {
  created: "desc",
  code: "asc",
  visits: "desc",
  expiry: "asc",
  last_visit: "desc",
};

/** The order of a query, with its defaults. */
export function orderOf({ sort = "created", direction = usualDirections[sort] }: LinkQuery): {
  sort: LinkSort;
  direction: Direction;
} {
  return { sort, direction };
}
