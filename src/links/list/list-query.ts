import type { Kind, LinkStatus } from "../link.ts";
import type { ListedLink } from "../link-rows.ts";

/** `created` is the order in which links were made. */
export const linkSorts = ["created", "code", "visits", "expiry", "last_visit"] as const;
export type LinkSort = (typeof linkSorts)[number];

export type Direction = "asc" | "desc";

/** Which links, in which order, and which page of them. */
export interface LinkQuery {
  /** Whose links; absent: everybody's. */
  readonly ownerId?: number;
  /** Words that must all stand in code, target or title; one of one or two letters begins the code. */
  readonly text?: string;
  readonly kind?: Kind;
  readonly status?: LinkStatus;
  /** Default `created`. No expiry, and no visit, come last in either direction. */
  readonly sort?: LinkSort;
  /** Default: the newest, most visited and last visited first; codes and expiries from the first to the last. */
  readonly direction?: Direction;
  /** Cursor from `next` or `previous`; an invalid one means the first page. */
  readonly cursor?: string;
  /** Links on a page. */
  readonly limit: number;
}

export interface LinkPage {
  readonly links: readonly ListedLink[];
  /** The `cursor` of the next page; null on the last. */
  readonly next: string | null;
  /** The `cursor` of the page before; null on the first. */
  readonly previous: string | null;
  /** How many links there are on all pages. */
  readonly total: number;
  /** Whether `total` stopped counting, at 10,000. */
  readonly isMore: boolean;
}

/** The direction in which people mostly want each order. */
export const usualDirections: Readonly<Record<LinkSort, Direction>> = {
  created: "desc",
  code: "asc",
  visits: "desc",
  expiry: "asc",
  last_visit: "desc",
};

/** The order a query asks for, with what it leaves to us. */
export function orderOf({ sort = "created", direction = usualDirections[sort] }: LinkQuery): {
  sort: LinkSort;
  direction: Direction;
} {
  return { sort, direction };
}
