import { formatCount } from "../../../text/format.ts";
import type { Client } from "../../client/client.ts";
import type { LinkStatsJson } from "../../client/client-operations.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printResult } from "../../command.ts";
import { type Column, formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { namingLink } from "../links/naming-link.ts";
import { text } from "./text.en.ts";

export const stats: Command = {
  synopsis: "stats CODE [--all] [--json]",
  summary: () => text.summary,
  words: [1, 1],
  isRemote: true,
  examples: ["trunk8 stats path --all"],
  options: {
    all: { doc: () => text.all },
    zone: { value: "ZONE", doc: () => text.zone },
    json: { doc: () => text.json },
  },
  run: (invocation) => withClient(invocation, (client) => showStats(client, invocation)),
};

async function showStats(
  client: Client,
  { positionals: [shortCode = ""], has, option }: Invocation,
): Promise<void> {
  const query = { period: has("all") ? "all" : "month", time_zone: option("zone") };
  const reading = client.call("readLinkStats", { params: { shortCode }, query });
  const found = await namingLink(shortCode, reading);
  if (has("json")) return printResult(JSON.stringify(found, null, 2));
  const { referrer, browser, system } = text.heads;
  const tables = [
    timelineOf(found),
    rankingOf(referrer, found.referrers),
    rankingOf(browser, found.browsers),
    rankingOf(system, found.systems),
  ];
  printResult(tables.filter((table) => table !== "").join("\n\n"));
}

/** Days or months with visits, and the sum. */
function timelineOf({ unit, bars, time_zone }: LinkStatsJson): string {
  const { day, month, people, machines } = text.heads;
  const length = unit === "day" ? 10 : 7;
  const dates = new Intl.DateTimeFormat("sv-SE", { timeZone: time_zone, dateStyle: "short" });
  const rows = bars
    .filter((bar) => bar.people + bar.machines > 0)
    .map((bar) => [
      dates.format(new Date(bar.from)).slice(0, length),
      formatCount(bar.people),
      formatCount(bar.machines),
    ]);
  const sum = (of: "people" | "machines") => bars.reduce((total, bar) => total + bar[of], 0);
  rows.push([text.total, formatCount(sum("people")), formatCount(sum("machines"))]);
  const columns: Column[] = [
    { head: unit === "day" ? day : month },
    { head: people, align: "right" },
    { head: machines },
  ];
  return formatTable(columns, rows, screenWidth());
}

function rankingOf(head: string, { items, others }: LinkStatsJson["referrers"]): string {
  const rows = items.map(({ name, visits }) => [name || text.unknown, formatCount(visits)]);
  if (others > 0) rows.push([text.others, formatCount(others)]);
  if (rows.length === 0) return "";
  return formatTable([{ head }, { head: text.heads.visits }], rows, screenWidth());
}
