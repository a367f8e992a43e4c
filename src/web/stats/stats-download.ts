import type { Call } from "../../http/call.ts";
import { downloadCsv, downloadLines } from "../../http/response/download.ts";
import { Problem } from "../../problem.ts";
import { csvLine } from "../../text/csv-line.ts";
import { dimensionNames } from "../../visits/dimension.ts";
import { quartersIn } from "../../visits/reports/counted-rows.ts";
import type { Bar, Report } from "../../visits/reports/report.ts";
import type { SingleVisit } from "../../visits/reports/single-visits.ts";
import type { StatsSubject } from "./stats-subject.tsx";
import type { StatsView } from "./stats-view.ts";
import { text } from "./text.en.ts";

interface Wanted {
  readonly subject: StatsSubject;
  readonly view: StatsView;
  /** `series`, `visits` or a dimension. */
  readonly table: string | null;
  readonly format: string;
}

type Row = Readonly<Record<string, string | number | null>>;
type Rows = AsyncIterable<readonly Row[]>;

/** Values of a table that are downloaded: more than are kept apart within decades. */
const MOST = 1_000_000;

/** Sends a table as CSV or JSON while it is read. */
export async function downloadTable(call: Call, wanted: Wanted): Promise<Response> {
  const { subject, table, format } = wanted;
  if (format !== "csv" && format !== "json") throw new Problem("not_found", text.unknownTable);
  const { columns, rows } = await open(call, wanted);
  const beginning = [subject.name, table].filter(Boolean).join("-");
  const name = `${beginning}.${format}`;
  return format === "csv"
    ? downloadCsv(csvOf(columns, rows), { call, name })
    : downloadLines(jsonOf(rows), { call, name, type: "application/json" });
}

interface Opened {
  readonly columns: readonly string[];
  readonly rows: Rows;
}

async function open(call: Call, { subject: { subject }, view, table }: Wanted): Promise<Opened> {
  const { reports, singles } = call.app.visits;
  const { query } = view;
  const dimension = dimensionNames.find((name) => name === table);
  const tables = dimension === undefined ? [] : [dimension];
  const isKnown = dimension !== undefined || table === "series" || table === "visits";
  if (!isKnown) throw new Problem("not_found", text.unknownTable);
  const report = await reports.of(subject, query, { most: MOST, tables });
  if (dimension !== undefined)
    return { columns: [dimension, "visits"], rows: once(valueRows(report, dimension)) };
  if (table === "series") return { columns: seriesColumns, rows: once(report.bars.map(seriesRow)) };
  const quarters = quartersIn(report.calendar);
  const pages = singles.pages({ subject, quarters, filter: query.filter });
  return { columns: visitColumns, rows: mapped(pages, visitRow) };
}

const seriesColumns = ["from", "people", "unique", "bots", "previews", "prefetches"];

function seriesRow({ from, people, unique, bots, previews, prefetches }: Bar): Row {
  return { from: new Date(from).toISOString(), people, unique, bots, previews, prefetches };
}

function valueRows({ tables }: Report, dimension: (typeof dimensionNames)[number]): Row[] {
  const { shares = [], others = 0, unknown = 0 } = tables[dimension] ?? {};
  return [
    ...shares.map(({ value, visits }) => ({ [dimension]: value, visits })),
    ...(others > 0 ? [{ [dimension]: text.others, visits: others }] : []),
    ...(unknown > 0 ? [{ [dimension]: text.unknown, visits: unknown }] : []),
  ];
}

const visitColumns = ["at", "link", "by", ...dimensionNames];

function visitRow({ at, link, class: by, values }: SingleVisit): Row {
  return { at: new Date(at).toISOString(), link: link?.shortCode ?? null, by, ...values };
}

async function* once(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  for (let at = 0; at < rows.length; at += 1000) yield rows.slice(at, at + 1000);
}

async function* mapped<Item>(
  pages: AsyncIterable<readonly Item[]>,
  rowOf: (item: Item) => Row,
): AsyncGenerator<readonly Row[]> {
  for await (const page of pages) yield page.map(rowOf);
}

async function* csvOf(columns: readonly string[], pages: Rows): AsyncGenerator<string> {
  yield csvLine(columns);
  for await (const rows of pages)
    yield rows.map((row) => csvLine(columns.map((name) => String(row[name] ?? "")))).join("");
}

async function* jsonOf(pages: Rows): AsyncGenerator<string> {
  let before = "[";
  for await (const rows of pages) {
    if (rows.length === 0) continue;
    yield before + rows.map((row) => JSON.stringify(row)).join(",\n");
    before = ",\n";
  }
  yield before === "[" ? "[]\n" : "]\n";
}
