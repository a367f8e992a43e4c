/** @jsxImportSource #markup */

import type { Call, Handler } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { readForm } from "../../http/request/form.ts";
import { href } from "../../http/urls.ts";
import { CLOCK_LEAD_MS, type Node } from "../../nodes/node.ts";
import { isRunning } from "../../nodes/nodes.ts";
import { invalid } from "../../problem.ts";
import { goTo } from "../go-to.ts";
import { PageHead, show as showPage } from "../ui/layout/layout.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { text } from "./text.en.ts";

/** Handles `/-/nodes`: the machines that run the site, for administrators. */
export const nodes = { show, change } satisfies Record<string, Handler>;

async function show(call: Call): Promise<Response> {
  const found = await call.app.nodes.list(call.actor);
  return await showPage(
    call,
    { title: text.nodes.title, sheets: ["list.css"] },
    <>
      <PageHead title={text.nodes.title} />
      {remarksOn(found).map((remark) => (
        <p class="callout border-warning">{remark}</p>
      ))}
      <Table caption={text.nodes.title} columns={columnsFor(call, found)} rows={found} />
    </>,
  );
}

async function change(call: Call): Promise<Response> {
  const form = await readForm(call);
  if (form.text("action") !== "forget") throw invalid("action", text.nodes.actionUnknown);
  await call.app.nodes.forget(call.actor, form.text("node"));
  return goTo(call, href("nodes"), { code: "saved" });
}

function remarksOn(found: readonly Node[]): string[] {
  const running = found.filter(isRunning);
  const versions = new Set(running.map(({ version }) => version));
  const isOff = ({ clockMs }: Node) => Math.abs(clockMs) >= CLOCK_LEAD_MS;
  return [
    ...(versions.size > 1 ? [text.nodes.differentVersions] : []),
    ...(running.some(isOff) ? [text.nodes.clocksDiffer] : []),
  ];
}

function columnsFor(call: Call, found: readonly Node[]): readonly Column<Node>[] {
  const time = { zone: zoneOf(call), now: call.app.clock() };
  const { heads } = text.nodes;
  const ofSeveral: readonly Column<Node>[] = [
    {
      heading: heads.clock,
      class: "text-nowrap",
      cell: ({ clockMs }) => text.nodes.clock(clockMs),
    },
    {
      heading: heads.changes,
      cell: (node) => (isRunning(node) ? text.nodes.changes(node.changesMs) : ""),
    },
    { heading: heads.seen, cell: ({ seenAt }) => <Time at={seenAt} {...time} /> },
    { heading: heads.action, label: null, cell: (node) => <ForgetButton node={node} /> },
  ];
  return [
    {
      heading: heads.name,
      class: "link-name",
      cell: ({ name, address }) => (
        <>
          <span class="fw-semibold name">{name}</span>
          <br />
          <span class="name">{address}</span>
        </>
      ),
    },
    { heading: heads.state, cell: (node) => <State node={node} /> },
    { heading: heads.version, class: "text-nowrap", cell: ({ version }) => <bdi>{version}</bdi> },
    { heading: heads.started, cell: ({ startedAt }) => <Time at={startedAt} {...time} /> },
    ...(found.length > 1 || found.some(({ changesMs }) => changesMs !== null) ? ofSeveral : []),
  ];
}

const borders: Readonly<Record<Node["state"], string>> = {
  ready: "border-success",
  draining: "border-warning",
  gone: "border-secondary",
  away: "border-danger",
};

function State({ node: { state } }: { node: Node }) {
  return <span class={`status-badge ${borders[state]}`}>{text.nodes.states[state]}</span>;
}

function ForgetButton({ node }: { node: Node }) {
  if (isRunning(node)) return null;
  const { forget, forgetNode } = text.nodes;
  return (
    <form method="post" action={href("nodes")}>
      <input type="hidden" name="action" value="forget" />
      <input type="hidden" name="node" value={node.name} />
      <button class="btn btn-sm btn-quiet" type="submit" aria-label={forgetNode(node.name)}>
        {forget}
      </button>
    </form>
  );
}
