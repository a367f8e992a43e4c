import { effectiveZone } from "../../../config/values/time-zone.ts";
import type { Node } from "../../../nodes/node.ts";
import { operator } from "../../../policy.ts";
import { intlLocale } from "../../../text/language.ts";
import { type Command, printResult } from "../../command.ts";
import { type Column, formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { withApp } from "../../with-app.ts";
import { text } from "../text.en.ts";

export const listNodes: Command = {
  synopsis: "nodes [--json]",
  summary: () => text.nodes.summary,
  words: [0, 0],
  examples: ["trunk8 nodes"],
  options: { json: { doc: () => text.nodes.json } },
  run: async (invocation) => {
    const { nodes, zone } = await withApp(invocation, async (app) => ({
      nodes: await app.nodes.list(operator),
      zone: effectiveZone(app.live.current),
    }));
    printResult(invocation.has("json") ? jsonOf(nodes) : tableOf(nodes, zone));
  },
};

export const forgetNode: Command = {
  synopsis: "nodes forget NAME",
  summary: () => text.nodes.forgetSummary,
  words: [1, 1],
  examples: ["trunk8 nodes forget web-2"],
  options: {},
  run: async (invocation) => {
    const [name = ""] = invocation.positionals;
    await withApp(invocation, (app) => app.nodes.forget(operator, name));
    printResult(text.nodes.forgotten(name));
  },
};

export const acceptKey: Command = {
  synopsis: "nodes accept-key",
  summary: () => text.nodes.acceptSummary,
  words: [0, 0],
  examples: ["trunk8 nodes accept-key"],
  options: {},
  run: async (invocation) => {
    await withApp(invocation, (app) => app.accounts.siteKey.accept());
    printResult(text.nodes.accepted);
  },
};

/** For scripts: times as ISO 8601. */
function jsonOf(nodes: readonly Node[]): string {
  const rows = nodes.map(({ startedAt, seenAt, ...node }) => ({
    ...node,
    startedAt: new Date(startedAt).toISOString(),
    seenAt: new Date(seenAt).toISOString(),
  }));
  return JSON.stringify(rows, null, 2);
}

function tableOf(nodes: readonly Node[], zone: string): string {
  const { heads, states } = text.nodes;
  const columns: Column[] = [
    { head: heads.name },
    { head: heads.state },
    { head: heads.version },
    { head: heads.clock, align: "right" },
    { head: heads.changes, align: "right" },
    { head: heads.seen },
    { head: heads.address },
  ];
  const times = new Intl.DateTimeFormat(intlLocale(), {
    dateStyle: "medium",
    timeStyle: "medium",
    timeZone: zone,
  });
  const cells = nodes.map(({ name, state, version, clockMs, changesMs, seenAt, address }) => [
    name,
    states[state],
    version,
    text.nodes.milliseconds(clockMs),
    changesMs === null ? "" : text.nodes.milliseconds(changesMs),
    times.format(new Date(seenAt)),
    address,
  ]);
  return formatTable(columns, cells, screenWidth());
}
