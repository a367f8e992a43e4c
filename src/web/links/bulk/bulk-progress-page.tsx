/** @jsxImportSource #markup */
import type { Call, Handler } from "../../../http/call.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import { readForm } from "../../../http/request/form.ts";
import { parseId } from "../../../http/request/parse-id.ts";
import { json, seeOther } from "../../../http/response/response.ts";
import type { BulkWork } from "../../../links/bulk/bulk-work.ts";
import type { RestoreRecord } from "../../../links/restores/restore-record.ts";
import { undoOf } from "../../../links/restores/undo-of.ts";
import { invalid, Problem } from "../../../problem.ts";
import { formatCount } from "../../../text/format.ts";
import { progressAddress } from "../../backup/progress-address.ts";
import { showProgress } from "../../backup/progress-page.tsx";
import { SkippedList } from "../../backup/restore-forms.tsx";
import { signedIn } from "../../signed-in.ts";
import { text } from "./text.en.ts";

/** `/-/changes/<id>`: progress and result of a change of many links, which can be cancelled and undone. */
export const bulkProgress = { show, change } satisfies Record<string, Handler>;

/** Begins a change of many links, and answers with the address of its progress. */
export async function startBulk(call: Call, work: BulkWork): Promise<Response> {
  const { user } = signedIn(call);
  const record = await call.app.links.restores.createBulk(call.actor, user.id, work);
  const location = progressAddress(record);
  if (!prefersJson(call.request)) return seeOther(location, { call });
  const headers = new Headers({ location });
  return json(describeBulk(call, record), { call, status: 202, headers });
}

async function show(call: Call): Promise<Response> {
  const record = await findOwn(call);
  if (prefersJson(call.request)) return json(describeBulk(call, record), { call });
  const isWaiting = await call.app.links.restores.isWaiting(record);
  return await showProgress(call, {
    title: text.title,
    record,
    texts: isWaiting ? { ...text, running: text.queued } : text,
    next: undoOf(call.app.links.many, record) && <UndoForm record={record} />,
    children: <Result record={record} />,
  });
}

function UndoForm({ record }: { record: RestoreRecord }) {
  return (
    <form class="d-inline" method="post" action={progressAddress(record)}>
      <button class="btn btn-quiet" type="submit" name="action" value="undo">
        {text.undo}
      </button>
    </form>
  );
}

function Result({ record: { progress } }: { record: RestoreRecord }) {
  const { restored, skipped, skippedCount } = progress;
  return (
    <>
      <dl>
        <dt>{text.changed}</dt>
        <dd>{formatCount(restored)}</dd>
      </dl>
      <SkippedList skipped={skipped} count={skippedCount} />
    </>
  );
}

async function change(call: Call): Promise<Response> {
  const record = await findOwn(call);
  const action = (await readForm(call)).text("action");
  if (action === "undo") return await startBulk(call, requireUndo(call, record));
  if (action !== "cancel") throw invalid("action", text.chooseAction);
  await call.app.links.restores.cancel(record.id);
  if (prefersJson(call.request)) return json(describeBulk(call, record), { call });
  return seeOther(progressAddress(record), { call });
}

/** @throws Problem `conflict` */
function requireUndo(call: Call, record: RestoreRecord): BulkWork {
  const undo = undoOf(call.app.links.many, record);
  if (undo === null) throw new Problem("conflict", text.mayNotUndo);
  return undo;
}

/** @throws Problem `not_found` */
async function findOwn(call: Call): Promise<RestoreRecord> {
  const { app, actor, params } = call;
  const record = await app.links.restores.findBulk(actor, parseId(params.id) ?? 0);
  if (record === null) throw new Problem("not_found", text.notFound);
  return record;
}

/** A change as programs read it. */
function describeBulk(call: Call, record: RestoreRecord) {
  const { id, state, progress, problem } = record;
  const { place, links, restored, skipped } = progress;
  const undo = undoOf(call.app.links.many, record);
  return {
    id,
    state,
    links,
    place,
    count: restored,
    undo: undo === null ? null : Object.values(undo)[0],
    left_out: skipped.map(({ shortCode, reason }) => ({ short_code: shortCode, reason })),
    problem,
    url: progressAddress(record),
  };
}
