import { formatCount } from "../../../text/format.ts";
import type { Client } from "../../client/client.ts";
import type { AuditEventJson, Queries } from "../../client/client-operations.ts";
import { everyItem } from "../../client/every-item.ts";
import { withClient } from "../../client/with-client.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printResult,
  usageProblem,
} from "../../command.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { text } from "./text.en.ts";

/** Entries that are printed if no other number is given. */
const MOST = 100;

/** Entries per request. */
const PAGE = 100;

export const audit: Command = {
  synopsis: "audit [OPTIONS]",
  summary: () => text.summary,
  words: [0, 0],
  examples: [
    "trunk8 audit --action user.signed_in",
    "trunk8 audit --resource path --since 2026-01-01T00:00:00Z --json",
  ],
  isRemote: true,
  options: {
    action: { value: "ACTION", doc: () => text.action },
    actor: { value: "USER", doc: () => text.actor },
    resource: { value: "NAME", doc: () => text.resource },
    address: { value: "ADDRESS", doc: () => text.address },
    since: { value: "TIME", doc: () => text.since },
    until: { value: "TIME", doc: () => text.until },
    limit: { value: "COUNT", doc: () => text.limit(formatCount(MOST)) },
    json: { doc: () => text.json },
  },
  run: (invocation) => withClient(invocation, (client) => listEvents(client, invocation)),
};

async function listEvents(client: Client, { option, has }: Invocation): Promise<void> {
  const limit = limitIn(option("limit"));
  const names = ["action", "actor", "resource", "address", "since", "until"];
  // The operation checks the values.
  const filter = Object.fromEntries(names.map((name) => [name, option(name)]));
  const query = { ...filter, limit: Math.min(limit, PAGE) } as Queries["listAuditEvents"];
  const events: AuditEventJson[] = [];
  for await (const event of everyItem((after) =>
    client.call("listAuditEvents", { query: { ...query, ...(after && { after }) } }),
  ))
    if (events.push(event) >= limit) break;
  if (has("json")) return printResult(JSON.stringify(events, null, 2));
  if (events.length === 0) return printNote(text.empty);
  printResult(tableOf(events));
}

function limitIn(given: string | undefined): number {
  if (given === undefined) return MOST;
  if (!/^[1-9]\d{0,6}$/.test(given)) throw usageProblem(text.noCount);
  return Number(given);
}

function tableOf(events: readonly AuditEventJson[]): string {
  const { at, action, actor, resource, address, details } = text.heads;
  const columns = [
    { head: at },
    { head: action },
    { head: actor },
    { head: resource },
    { head: address, isOptional: true },
    { head: details },
  ];
  const rows = events.map((event) => [
    event.at,
    event.action,
    event.actor ?? text.visitor,
    event.resource,
    event.address ?? "",
    Object.entries(event.details)
      .map(([name, value]) => `${name}=${value}`)
      .join(" "),
  ]);
  return formatTable(columns, rows, screenWidth());
}
