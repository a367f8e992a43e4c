import { text as shared } from "../../ui/text.en.ts";
import { text } from "./text.en.ts";

/**
 * Rules that show the heading of a column before each cell of a card, where the table has no head. In every row, the
 * labels would be a seventh of a list page.
 */
export function cardLabels(): string {
  return `@media (max-width:1199.98px){${labels().map(ruleFor).join("")}}`;
}

/** Of the columns before the actions, from the last on; the status speaks for itself. */
const labels = (): readonly (string | null)[] => [
  text.columns.expires,
  shared.labels.created,
  text.columns.lastVisit,
  shared.labels.visits,
  null,
  shared.labels.owner,
];

function ruleFor(label: string | null, at: number): string {
  if (label === null) return "";
  return `.links td:nth-last-child(${at + 2}):not(.link-name)::before{content:${JSON.stringify(label)}}`;
}
