/** @jsxImportSource #markup */
import { href } from "../../http/urls.ts";
import type { Dimension } from "../../visits/dimension.ts";
import type { TopLink } from "../../visits/reports/reports.ts";
import type { SingleVisit } from "../../visits/reports/single-visits.ts";
import { Section } from "../ui/section.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { shareRow } from "./breakdown.tsx";
import { text } from "./text.en.ts";
import { labelOf } from "./value-label.ts";

interface LastVisitsProps {
  readonly visits: readonly SingleVisit[];
  readonly zone: string;
  /** Whether they are of several links. */
  readonly hasLinks: boolean;
}

/** The last visits by people: when, from where and by what; a network address is not known. */
export function LastVisits({ visits, zone, hasLinks }: LastVisitsProps) {
  if (visits.length === 0) return null;
  const columnOf = (dimension: Dimension): Column<SingleVisit> => ({
    heading: text.dimension[dimension],
    cell: ({ values }) => {
      const value = values[dimension];
      return value === null ? "" : <bdi>{labelOf(dimension, value)}</bdi>;
    },
  });
  const columns: Column<SingleVisit>[] = [
    { heading: text.heads.time, cell: ({ at }) => <Time at={at} zone={zone} /> },
    ...(hasLinks ? [{ heading: text.heads.link, cell: linkOf }] : []),
    ...(["country", "referrer", "browser", "system"] as const)
      .filter((dimension) => visits.some(({ values }) => values[dimension] !== null))
      .map(columnOf),
  ];
  return (
    <Section title={text.lastVisits}>
      <p>{text.lastHint}</p>
      <Table caption={text.lastVisits} columns={columns} rows={visits} />
    </Section>
  );
}

function linkOf({ link }: Pick<SingleVisit, "link">) {
  return link === null ? "" : statsLink(link);
}

function statsLink({ shortCode, title }: { readonly shortCode: string; readonly title: string }) {
  return (
    <a class="one-line" href={href("linkStats", { shortCode })}>
      <bdi>{title || shortCode}</bdi>
    </a>
  );
}

/** The most visited links, each with its own statistics. */
export function TopLinks({ links, people }: { links: readonly TopLink[]; people: number }) {
  return (
    <ol class="shares">{links.map((link) => shareRow(statsLink(link), link.visits, people))}</ol>
  );
}
