import { formatCount } from "../../../text/format.ts";
import { dimensionNames } from "../../../visits/dimension.ts";
import type { Client } from "../../client/client.ts";
import type { LinkStatsJson } from "../../client/client-operations.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printResult } from "../../command.ts";
import { type Column, formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { namingLink } from "../links/naming-link.ts";
import { text } from "./text.en.ts";

export const stats: Command = {
  synopsis: "stats CODE [OPTIONS]",
  summary: () => text.summary,
  words: [1, 1],
  isRemote: true,
  examples: ["trunk8 stats path --all", "trunk8 stats path --range 90d --unit week"],
  options: {
    all: { doc: () => text.all },
    range: { value: "RANGE", doc: () => text.range },
    from: { value: "DATE", doc: () => text.from },
    to: { value: "DATE", doc: () => text.to },
    unit: { value: "UNIT", doc: () => text.unit },
    zone: { value: "ZONE", doc: () => text.zone },
    json: { doc: () => text.json },
  },
  run: (invocation) => withClient(invocation, (client) => showStats(client, invocation)),
};

async function showStats(
  client: Client,
  { positionals: [shortCode = ""], has, option }: Invocation,
): Promise<void> {
  const query = {
    range: has("all") ? "all" : option("range"),
    from: option("from"),
    to: option("to"),
    unit: option("unit"),
    time_zone: option("zone"),
  };
  const reading = client.call("readLinkStats", { params: { shortCode }, query });
  const found = await namingLink(shortCode, reading);
  if (has("json")) return printResult(JSON.stringify(found, null, 2));
  const tables = [
    timelineOf(found),
    ...dimensionNames.map((name) => rankingOf(text.properties[name], found.properties[name])),
  ];
  printResult(tables.filter((table) => table !== "").join("\n\n"));
}

/** Bars with visits, and the sum. */
function timelineOf({ unit, bars, totals, before_totals, time_zone }: LinkStatsJson): string {
  const { people, unique, machines } = text.heads;
  const dates = new Intl.DateTimeFormat("sv-SE", {
    timeZone: time_zone,
    dateStyle: "short",
    ...(unit === "hour" && { timeStyle: "short" }),
  });
  const rowOf = (head: string, counts: LinkStatsJson["totals"]) => [
    head,
    formatCount(counts.people),
    counts.unique === null ? "" : formatCount(counts.unique),
    formatCount(counts.machines),
  ];
  const length = unit === "month" ? 7 : 16;
  const rows = bars
    .filter((bar) => bar.people + bar.machines > 0)
    .map((bar) => rowOf(dates.format(new Date(bar.from)).slice(0, length), bar));
  rows.push(rowOf(text.total, totals));
  if (before_totals !== null) rows.push(rowOf(text.before, before_totals));
  const columns: Column[] = [
    { head: text.units[unit] },
    { head: people, align: "right" },
    { head: unique, align: "right" },
    { head: machines },
  ];
  return formatTable(columns, rows, screenWidth());
}

function rankingOf(head: string, { items, others, unknown }: LinkStatsJson["referrers"]): string {
  if (items.length + others === 0) return "";
  const rows = items.map(({ name, visits }) => [name || text.unknown, formatCount(visits)]);
  if (others > 0) rows.push([text.others, formatCount(others)]);
  if (unknown > 0) rows.push([text.notKnown, formatCount(unknown)]);
  return formatTable([{ head }, { head: text.heads.visits }], rows, screenWidth());
}
