/** @jsxImportSource #markup */
import type { LinkPage } from "../../../links/links.ts";
import { formatCount } from "../../../text/format.ts";
import { Pager } from "../../ui/list/pager.tsx";
import { addressOf, type ListView, PAGE_SIZE, type Place } from "./list-view.ts";
import { text } from "./text.en.ts";

/** Which links of how many a page shows: `1-50 of 312 links`. */
export function rangeOf(found: LinkPage, view: ListView): string {
  const { links, next, previous, total, isMore } = found;
  if (links.length === 0) return text.none.found;
  const page = numberOf(found, view);
  if (page === null || (previous === null && next === null))
    return isMore ? text.found.moreThan(total) : text.found.all(total);
  const last = next === null && !isMore ? total : page * PAGE_SIZE;
  const range = formatRange(last - links.length + 1, last);
  return isMore ? text.found.ofMoreThan(range, total) : text.found.ofAll(range, total);
}

function formatRange(first: number, last: number): string {
  return first === last
    ? formatCount(last)
    : text.found.range(formatCount(first), formatCount(last));
}

/** Number of a page, from 1: certain at both ends of the list, in between as the address says. */
function numberOf({ next, previous, total, isMore }: LinkPage, { place }: ListView): number | null {
  if (previous === null) return 1;
  if (next === null && !isMore) return Math.ceil(total / PAGE_SIZE);
  return place?.page ?? null;
}

interface LinkPagerProps {
  readonly view: ListView;
  readonly found: LinkPage;
}

/** Links to the pages before and after. */
export function LinkPager({ view, found }: LinkPagerProps) {
  const { next, previous } = found;
  const number = numberOf(found, view);
  return (
    <Pager
      previous={previous && addressOf(at(view, "before", previous, number))}
      next={next && addressOf(at(view, "after", next, number))}
      swaps
    />
  );
}

/** The view one page on from `number`; the first page has no place in its address. */
function at(view: ListView, way: Place["way"], cursor: string, number: number | null): ListView {
  const page = number && (way === "after" ? number + 1 : number - 1);
  return { ...view, isSelected: false, place: page === 1 ? null : { way, cursor, page } };
}
