import { href, MAX_URL_LENGTH, withQuery } from "../../../http/urls.ts";
import { type Kind, kinds, type LinkStatus, linkStatuses } from "../../../links/link.ts";
import {
  type Direction,
  directions,
  type LinkSort,
  linkSorts,
  type TagMode,
  tagModes,
  usualDirections,
} from "../../../links/list/list-query.ts";
import { MAX_TAGS, splitTags } from "../../../links/tags/tag-names.ts";
import { readPageNumber } from "../../ui/list/page-number.ts";

/** Links on a page. */
export const PAGE_SIZE = 50;

/** A view of the list, as the page's address says it. */
export interface ListView {
  /** Search text; "" for none. */
  readonly text: string;
  readonly kind: Kind | null;
  readonly status: LinkStatus | null;
  /** Names of tags; none: links with any tags. */
  readonly tags: readonly string[];
  readonly tagMode: TagMode;
  /** Username of the owner; "" for all. */
  readonly owner: string;
  readonly sort: LinkSort;
  readonly direction: Direction;
  /** Null: the first page. */
  readonly place: Place | null;
  /** Whether every link of the page is selected. */
  readonly isSelected: boolean;
}

/** Position of a page in the list. */
export interface Place {
  readonly way: "after" | "before";
  /** The `next` or `previous` of the page before. */
  readonly cursor: string;
  /** Counted from 1; null if the address does not say. */
  readonly page: number | null;
}

/** Reads the view that an address asks for; invalid values are ignored. `standing` is the old name of `status`. */
export function readView(query: URLSearchParams): ListView {
  const given = (name: string) => query.get(name)?.trim() ?? "";
  const sort = oneOf(linkSorts, given("sort")) ?? "created";
  return {
    text: given("q"),
    kind: oneOf(kinds, given("kind")),
    status: oneOf(linkStatuses, given("status") || given("standing")),
    tags: splitTags(query.getAll("tag").join(",")).slice(0, MAX_TAGS),
    tagMode: oneOf(tagModes, given("tags")) ?? "all",
    owner: given("owner"),
    sort,
    direction: oneOf(directions, given("direction")) ?? usualDirections[sort],
    place: readPlace(query),
    isSelected: given("selected") === "all",
  };
}

/** Reads the view of an address that `addressOf` wrote; of any other text, some view of the list, too. */
export function viewOf(address: string): ListView {
  const query = address.slice(0, MAX_URL_LENGTH).replace(/^[^?]*\??/, "");
  return readView(new URLSearchParams(query));
}

/** Address of a view, without default values. */
export function addressOf(view: ListView): string {
  const { sort, direction, place } = view;
  return withQuery(href("links"), {
    ...filtersOf(view),
    sort: sort === "created" ? null : sort,
    direction: direction === usualDirections[sort] ? null : direction,
    ...(place && { [place.way]: place.cursor, page: place.page?.toString() }),
    selected: view.isSelected ? "all" : null,
  });
}

/** Address of all links of a view as CSV. */
export function csvAddressOf(view: ListView): string {
  return withQuery(href("linksCsv"), filtersOf(view));
}

function filtersOf(view: ListView) {
  return {
    q: view.text || null,
    kind: view.kind,
    status: view.status,
    tag: view.tags.join(",") || null,
    tags: view.tagMode === "all" || view.tags.length === 0 ? null : view.tagMode,
    owner: view.owner || null,
  };
}

/** The view with changes, from its first page. */
export function fromStart(view: ListView, changes: Partial<ListView>): ListView {
  return { ...view, place: null, isSelected: false, ...changes };
}

/** Whether the view filters links. */
export function isFiltered({ text, kind, status, tags, owner }: ListView): boolean {
  return text !== "" || tags.length > 0 || kind !== null || status !== null || owner !== "";
}

function readPlace(query: URLSearchParams): Place | null {
  const way = query.has("after") ? "after" : "before";
  const cursor = query.get(way) ?? "";
  return cursor === "" ? null : { way, cursor, page: readPageNumber(query.get("page")) };
}

function oneOf<Value extends string>(values: readonly Value[], text: string): Value | null {
  return values.find((value) => value === text) ?? null;
}
