import type { z } from "zod";
import { checkReady, isWell } from "../../health/readiness.ts";
import type { Call } from "../../http/call.ts";
import { empty, json } from "../../http/response/response.ts";
import type { Node } from "../../nodes/node.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import type { nodeSchema } from "./node-schema.ts";

/** `GET /api/v1/nodes` */
export async function listNodes(call: Call): Promise<Response> {
  const nodes = await call.app.nodes.list(call.actor);
  return json({ items: nodes.map(describeNode) }, { call });
}

/** `DELETE /api/v1/nodes/<name>` */
export async function forgetNode(call: Call): Promise<Response> {
  await call.app.nodes.forget(call.actor, call.params.node ?? "");
  return empty({ call, status: 204 });
}

/** `GET /api/v1/health` */
export async function readHealth(call: Call): Promise<Response> {
  if (isWell(await checkReady(call.app))) return json({ status: "pass" }, { call });
  throw new Problem("busy", text.notReady);
}

function describeNode(node: Node): z.input<typeof nodeSchema> {
  const { name, version, address, state, startedAt, seenAt, clockMs, changesMs } = node;
  return {
    name,
    version,
    address,
    state,
    started_at: new Date(startedAt).toISOString(),
    seen_at: new Date(seenAt).toISOString(),
    clock_ms: clockMs,
    changes_ms: changesMs,
  };
}
