/** @jsxImportSource #markup */
import type { User } from "../../accounts/user.ts";
import type { Call, Handler } from "../../http/call.ts";
import { prefersJson } from "../../http/request/accept.ts";
import { readForm } from "../../http/request/form.ts";
import { json, seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import type { RestoreRecord } from "../../links/restores/restore-record.ts";
import { may } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { formatCount } from "../../text/format.ts";
import { PageHead, show as showPage } from "../ui/layout/layout.tsx";
import { SkippedList } from "./restore-forms.tsx";
import { text } from "./text.en.ts";

/** `/backup/restore/<id>`: progress and result of a restore, and the button that cancels it. */
export const restoreProgress = { show, change } satisfies Record<string, Handler>;

async function show(call: Call): Promise<Response> {
  const { record, owner } = await findOwn(call);
  if (prefersJson(call.request)) return json(describeRestore(record, owner), { call });
  const isRunning = record.endedAt === null;
  return await showPage(
    call,
    {
      title: text.progress.title,
      scripts: isRunning ? ["htmx.js"] : [],
      head: isRunning && (
        <noscript>
          <meta http-equiv="refresh" content="5" />
        </noscript>
      ),
    },
    <Progress record={record} owner={owner} />,
  );
}

async function change(call: Call): Promise<Response> {
  const { record, owner } = await findOwn(call);
  const form = await readForm(call);
  if (form.text("action") !== "cancel") throw invalid("action", text.progress.chooseAction);
  await call.app.links.restores.cancel(record.id);
  if (prefersJson(call.request)) return json(describeRestore(record, owner), { call });
  return seeOther(href("restoreProgress", { id: String(record.id) }), { call });
}

/** @throws Problem `not_found` */
async function findOwn(call: Call): Promise<{ record: RestoreRecord; owner: User }> {
  const id = call.params.id ?? "";
  const record = /^[1-9]\d{0,14}$/.test(id) ? await call.app.links.restores.find(Number(id)) : null;
  const isAllowed =
    record !== null && record.mode !== "csv" && may(call.actor, "backup.restore", record);
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
    url: href("restoreProgress", { id: String(id) }),
  };
}

interface ProgressProps {
  readonly record: RestoreRecord;
  readonly owner: User;
}

/** While it runs, htmx fetches it again every two seconds; without scripts, the page refreshes itself. */
function Progress({ record, owner }: ProgressProps) {
  const { id, state, progress } = record;
  const address = href("restoreProgress", { id: String(id) });
  const polling = {
    "hx-get": address,
    "hx-trigger": "every 2s",
    "hx-select": "#restore",
    "hx-swap": "outerHTML",
  };
  return (
    <div class="form-width" id="restore" {...(state === "running" && polling)}>
      <PageHead title={text.progress.title} />
      {state === "running" ? <Running record={record} /> : <Ended record={record} />}
      <dl>
        <dt>{text.progress.owner}</dt>
        <dd class="name">{owner.displayName}</dd>
        <dt>{text.progress.restored}</dt>
        <dd>{formatCount(progress.restored)}</dd>
        {record.mode === "replace" && (
          <>
            <dt>{text.progress.removed}</dt>
            <dd>{formatCount(progress.removed)}</dd>
          </>
        )}
      </dl>
      <SkippedList skipped={progress.skipped} count={progress.skippedCount} />
      {state === "running" ? <CancelForm record={record} /> : <Next />}
    </div>
  );
}

function Running({ record: { isCancelled, progress } }: { record: RestoreRecord }) {
  const { phase, place, links } = progress;
  const count = text.progress.count(place, links);
  return (
    <>
      <p role="status">{isCancelled ? text.progress.cancelling : text.progress.running}</p>
      <div class="mb-3">
        <progress
          class="w-100"
          max={Math.max(1, links)}
          value={phase === "reading" ? undefined : place}
          aria-valuetext={count}
          aria-label={text.progress.label}
        />
        <div class="form-text">{phase === "reading" ? text.progress.waiting : count}</div>
        {phase === "removal" && <div class="form-text">{text.progress.removal}</div>}
        {phase === "visits" && <div class="form-text">{text.progress.visits}</div>}
      </div>
    </>
  );
}

function Ended({ record: { state, problem, progress } }: { record: RestoreRecord }) {
  if (state === "done")
    return (
      <p class="callout border-success" role="status">
        {text.progress.done}
      </p>
    );
  return (
    <div class="callout border-danger" role="alert">
      <p class="mb-1">
        {state === "failed" ? text.progress.failed : text.progress.cancelled}
        {problem && `: ${problem.message}`}
      </p>
      {progress.restored + progress.removed > 0 && <p class="mb-0">{text.progress.partly}</p>}
    </div>
  );
}

function CancelForm({ record: { id, isCancelled } }: { record: RestoreRecord }) {
  if (isCancelled) return null;
  return (
    <form class="mt-4" method="post" action={href("restoreProgress", { id: String(id) })}>
      <button class="btn btn-quiet" type="submit" name="action" value="cancel">
        {text.progress.cancel}
      </button>
    </form>
  );
}

function Next() {
  return (
    <p class="mt-4">
      <a class="btn btn-primary" href={href("links")}>
        {text.progress.links}
      </a>{" "}
      <a class="btn btn-quiet" href={href("restore")}>
        {text.progress.again}
      </a>
    </p>
  );
}
