/** @jsxImportSource #markup */
import type { User } from "../../accounts/user.ts";
import type { Call, Handler } from "../../http/call.ts";
import { prefersJson } from "../../http/request/accept.ts";
import { readForm } from "../../http/request/form.ts";
import { parseId } from "../../http/request/parse-id.ts";
import { json, seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { isRestore, type RestoreRecord } from "../../links/restores/restore-record.ts";
import { may } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { formatCount } from "../../text/format.ts";
import { progressAddress } from "./progress-address.ts";
import { showProgress } from "./progress-page.tsx";
import { SkippedList } from "./restore-forms.tsx";
import { text } from "./text.en.ts";

/** `/backup/restore/<id>`: progress and result of a restore, and the button that cancels it. */
export const restoreProgress = { show, change } satisfies Record<string, Handler>;

async function show(call: Call): Promise<Response> {
  const { record, owner } = await findOwn(call);
  if (prefersJson(call.request)) return json(describeRestore(record, owner), { call });
  return await showProgress(call, {
    title: text.progress.title,
    record,
    texts: text.progress,
    note: noteOf(record),
    next: (
      <a class="btn btn-quiet" href={href("restore")}>
        {text.progress.again}
      </a>
    ),
    children: <Result record={record} owner={owner} />,
  });
}

async function change(call: Call): Promise<Response> {
  const { record, owner } = await findOwn(call);
  const form = await readForm(call);
  if (form.text("action") !== "cancel") throw invalid("action", text.progress.chooseAction);
  await call.app.links.restores.cancel(record.id);
  if (prefersJson(call.request)) return json(describeRestore(record, owner), { call });
  return seeOther(progressAddress(record), { call });
}

/** @throws Problem `not_found` */
async function findOwn(call: Call): Promise<{ record: RestoreRecord; owner: User }> {
  const record = await call.app.links.restores.find(parseId(call.params.id) ?? 0);
  const isAllowed =
    record !== null && isRestore(record) && may(call.actor, "backup.restore", record);
  const owner = isAllowed ? await call.app.accounts.users.findById(record.ownerId) : null;
  if (record === null || owner === null) throw new Problem("not_found", text.progress.notFound);
  return { record, owner };
}

/** A restore as programs read it. */
export function describeRestore(record: RestoreRecord, owner: Pick<User, "username">) {
  const { id, state, mode, progress, problem } = record;
  const { phase, place, links, restored, removed, skippedCount, skipped } = progress;
  return {
    id,
    state,
    mode,
    owner: owner.username,
    phase,
    place,
    links,
    restored,
    removed,
    skipped_count: skippedCount,
    skipped: skipped.map(({ shortCode, reason }) => ({ short_code: shortCode, reason })),
    problem,
    url: progressAddress(record),
  };
}

function noteOf({ progress: { phase } }: RestoreRecord): string | null {
  if (phase === "removal") return text.progress.removal;
  return phase === "visits" ? text.progress.visits : null;
}

function Result({ record, owner }: { record: RestoreRecord; owner: User }) {
  const { mode, progress } = record;
  return (
    <>
      <dl>
        <dt>{text.progress.owner}</dt>
        <dd class="name">{owner.displayName}</dd>
        <dt>{text.progress.restored}</dt>
        <dd>{formatCount(progress.restored)}</dd>
        {mode === "replace" && (
          <>
            <dt>{text.progress.removed}</dt>
            <dd>{formatCount(progress.removed)}</dd>
          </>
        )}
      </dl>
      <SkippedList skipped={progress.skipped} count={progress.skippedCount} />
    </>
  );
}
