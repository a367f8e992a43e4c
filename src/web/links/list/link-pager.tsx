/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { LinkPage } from "../../../links/links.ts";
import { countOf, formatCount } from "../../ui/format-count.ts";
import { Icon } from "../../ui/icon.tsx";
import { addressOf, type ListView, PAGE_SIZE, type Place } from "./list-view.ts";

/** Which links of how many a page shows: `1-50 of 312 links`. */
export function rangeOf(found: LinkPage, view: ListView): string {
  const { links, next, previous, total, isMore } = found;
  if (links.length === 0) return "No links";
  const all = isMore ? `more than ${countOf(total, "link")}` : countOf(total, "link");
  const page = numberOf(found, view);
  if (page === null || (previous === null && next === null)) return all;
  const last = next === null && !isMore ? total : page * PAGE_SIZE;
  const first = last - links.length + 1;
  const range = first === last ? "" : `${formatCount(first)}-`;
  return `${range}${formatCount(last)} of ${all}`;
}

/** The number of a page, from 1: certain at both ends of the list, in between what the address says. */
function numberOf({ next, previous, total, isMore }: LinkPage, { place }: ListView): number | null {
  if (previous === null) return 1;
  if (next === null && !isMore) return Math.ceil(total / PAGE_SIZE);
  return place?.page ?? null;
}

interface PagerProps {
  readonly view: ListView;
  readonly found: LinkPage;
}

/** The ways to the pages before and after. */
export function Pager({ view, found }: PagerProps) {
  const { next, previous } = found;
  if (next === null && previous === null) return null;
  const number = numberOf(found, view);
  return (
    <nav class="pager" aria-label="Pages">
      <PageLink rel="prev" address={previous && addressOf(at(view, "before", previous, number))}>
        <Icon name="chevron-left" /> Previous
      </PageLink>
      <PageLink rel="next" address={next && addressOf(at(view, "after", next, number))}>
        Next <Icon name="chevron-right" />
      </PageLink>
    </nav>
  );
}

/** The view one page on from `number`; the first page is the one that says no place. */
function at(view: ListView, way: Place["way"], cursor: string, number: number | null): ListView {
  const page = number && (way === "after" ? number + 1 : number - 1);
  return { ...view, isSelected: false, place: page === 1 ? null : { way, cursor, page } };
}

interface PageLinkProps {
  readonly rel: "prev" | "next";
  /** Null: there is no such page. */
  readonly address: string | null;
  readonly children?: Child;
}

/** Where there is no page, something of the same id stands that can keep the focus. */
function PageLink({ rel, address, children }: PageLinkProps) {
  const shared = { id: `page-${rel}`, class: "btn btn-quiet" };
  if (address === null)
    return (
      <span {...shared} class="btn btn-quiet disabled" tabindex={-1} aria-disabled="true">
        {children}
      </span>
    );
  return (
    <a
      {...shared}
      rel={rel}
      href={address}
      hx-get={address}
      hx-swap="outerHTML show:top showTarget:#found"
    >
      {children}
    </a>
  );
}
