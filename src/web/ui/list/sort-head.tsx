import { Icon } from "../icon.tsx";
import { html } from "../markup/markup.ts";
import type { Column } from "../table.tsx";

/** How a list is sorted. */
export interface Order<Sort extends string> {
  readonly sort: Sort;
  readonly direction: "asc" | "desc";
}

interface SortHeadOptions<Sort extends string> {
  readonly label: string;
  /** What the list is sorted by when the heading is pressed. */
  readonly sort: Sort;
  /** How the list is sorted now. */
  readonly order: Order<Sort>;
  readonly usualDirections: Readonly<Record<Sort, Order<Sort>["direction"]>>;
  readonly addressOf: (order: Order<Sort>) => string;
  /** Whether htmx swaps the list in place. */
  readonly swaps?: boolean;
}

/**
 * The heading of a column that sorts the list: in the column's usual direction first, and in the other one if the list
 * is sorted by it already.
 */
export function sortHead<Sort extends string>({
  label,
  sort,
  order,
  usualDirections,
  addressOf,
  swaps = false,
}: SortHeadOptions<Sort>): Pick<Column<never>, "heading" | "label" | "sorted"> {
  const isAscending = order.direction === "asc";
  const turned = isAscending ? "desc" : "asc";
  const isSorted = order.sort === sort;
  const address = addressOf({ sort, direction: isSorted ? turned : usualDirections[sort] });
  const swap = swaps && html` hx-get="${address}"`;
  const icon = isSorted && Icon({ name: isAscending ? "sort-up" : "sort-down" });
  return {
    label,
    heading: html`<a id="by-${sort}" class=sort href="${address}"${swap}>${label}${icon}</a>`,
    ...(isSorted && { sorted: isAscending ? "ascending" : "descending" }),
  };
}
