import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { parseId } from "../../http/request/parse-id.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import type { BulkWork } from "../../links/bulk/bulk-work.ts";
import { actionOf, parseBulkAction } from "../../links/input/bulk-schema.ts";
import type { ListFilter } from "../../links/list/list-query.ts";
import type { RestoreRecord } from "../../links/restores/restore-record.ts";
import { undoOf } from "../../links/restores/undo-of.ts";
import { splitTags } from "../../links/tags/tag-names.ts";
import { keysFromJson } from "../../parse-input.ts";
import { isAdministrator } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { queryOf } from "../links/list-links.ts";
import { requireUser } from "../request/caller.ts";
import { text } from "../text.en.ts";
import { leftOutOf, problemOf } from "../work-schema.ts";
import type { changeSchema, NewChangeBody } from "./change-schema.ts";

/** `POST /api/v1/changes` */
export async function startChange(
  call: Call,
  { filter, ...named }: NewChangeBody,
): Promise<Response> {
  const { app, actor } = call;
  const context = { now: app.clock(), zone: zoneOf(call) };
  const action = actionOf(parseBulkAction(keysFromJson(named), context));
  await app.links.many.check(actor, action);
  return await start(call, { action, batch: app.clock(), filter: await listOf(call, filter) });
}

/** A list of others must not become one of the caller's own. */
async function listOf(call: Call, filter: NewChangeBody["filter"]): Promise<ListFilter> {
  const { owner, tag: tags = [], ...view } = filter;
  const { username } = requireUser(call);
  const isKnown =
    owner === undefined ||
    owner === username ||
    (isAdministrator(call.actor) && (await call.app.accounts.users.findByUsername(owner)) !== null);
  if (!isKnown) throw invalid("#/filter/owner", text.noSuchUser(owner));
  return await queryOf(call, { ...view, owner, tag: tags.flatMap(splitTags) });
}

async function start(call: Call, work: BulkWork): Promise<Response> {
  const { app, actor } = call;
  const { id: ownerId } = requireUser(call);
  const record = await app.links.restores.createBulk(actor, ownerId, work);
  const headers = new Headers({ location: href("apiChange", { id: String(record.id) }) });
  return json(describeChange(call, record), { call, status: 202, headers });
}

/** `GET /api/v1/changes/<id>` */
export async function readChange(call: Call): Promise<Response> {
  return json(describeChange(call, await findChange(call)), { call });
}

/** `DELETE /api/v1/changes/<id>` */
export async function cancelChange(call: Call): Promise<Response> {
  const { id } = await findChange(call);
  await call.app.links.restores.cancel(id);
  return await readChange(call);
}

/** `POST /api/v1/changes/<id>/undo` */
export async function undoChange(call: Call): Promise<Response> {
  const undo = undoOf(call.app.links.many, await findChange(call));
  if (undo === null) throw new Problem("conflict", text.noUndo);
  return await start(call, undo);
}

/** @throws Problem `not_found` */
async function findChange({ app, actor, params }: Call): Promise<RestoreRecord> {
  const record = await app.links.restores.findBulk(actor, parseId(params.id) ?? 0);
  if (record === null) throw new Problem("not_found", text.noSuchChange);
  return record;
}

function describeChange({ app }: Call, record: RestoreRecord): z.input<typeof changeSchema> {
  const { id, state, progress, createdAt } = record;
  const { place, links, restored } = progress;
  return {
    id,
    state,
    links,
    place,
    changed: restored,
    can_be_undone: undoOf(app.links.many, record) !== null,
    left_out: leftOutOf(record),
    problem: problemOf(record),
    created_at: new Date(createdAt).toISOString(),
  };
}
