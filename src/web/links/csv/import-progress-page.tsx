/** @jsxImportSource #markup */
import type { Call, Handler } from "../../../http/call.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import { readForm } from "../../../http/request/form.ts";
import { parseId } from "../../../http/request/parse-id.ts";
import { download } from "../../../http/response/download.ts";
import { json, seeOther } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import type { RestoreRecord } from "../../../links/restores/restore-record.ts";
import { may } from "../../../policy.ts";
import { invalid, Problem } from "../../../problem.ts";
import { formatCount } from "../../../text/format.ts";
import { refusedPath } from "../../../user-backup/uploaded-archives.ts";
import { progressAddress } from "../../backup/progress-address.ts";
import { showProgress } from "../../backup/progress-page.tsx";
import { text as previewText } from "../../backup/text.en.ts";
import { text } from "./text.en.ts";

/** `/-/import/<id>`: progress and result of an import, and the button that cancels it. */
export const importProgress = { show, change, refused } satisfies Record<string, Handler>;

async function show(call: Call): Promise<Response> {
  const record = await findOwn(call);
  if (prefersJson(call.request)) return json(describeImport(record), { call });
  return await showProgress(call, {
    title: text.title,
    record,
    texts: text.progress,
    next: (
      <a class="btn btn-quiet" href={href("importLinks")}>
        {text.progress.again}
      </a>
    ),
    children: <Result record={record} />,
  });
}

async function change(call: Call): Promise<Response> {
  const record = await findOwn(call);
  const form = await readForm(call);
  if (form.text("action") !== "cancel") throw invalid("action", text.progress.chooseAction);
  await call.app.links.restores.cancel(record.id);
  if (prefersJson(call.request)) return json(describeImport(record), { call });
  return seeOther(progressAddress(record), { call });
}

/** `/-/import/<id>/refused.csv`: the lines that an import has refused, with the reasons. */
async function refused(call: Call): Promise<Response> {
  const record = await findOwn(call);
  const size = record.progress.csv?.refusedBytes ?? 0;
  const file = Bun.file(refusedPath(call.app, record.id));
  if (size === 0 || !(await file.exists())) throw new Problem("not_found", text.progress.noList);
  const type = "text/csv; charset=utf-8";
  return download(bytesOf(file.slice(0, size)), { call, name: "refused.csv", type });
}

async function* bytesOf(file: Blob): AsyncGenerator<Uint8Array> {
  yield* file.stream();
}

/** @throws Problem `not_found` */
async function findOwn(call: Call): Promise<RestoreRecord> {
  const record = await call.app.links.restores.find(parseId(call.params.id) ?? 0);
  const isAllowed =
    record?.mode === "csv" && may(call.actor, "link.create", { ...record, kind: "redirect" });
  if (record === null || !isAllowed) throw new Problem("not_found", text.progress.notFound);
  return record;
}

/** An import as programs read it. */
export function describeImport(record: RestoreRecord) {
  const { id, state, progress, problem } = record;
  const { place, links, restored, skippedCount, csv } = progress;
  return {
    id,
    state,
    lines: links,
    place,
    created: restored,
    refused: skippedCount,
    links: (csv?.created ?? []).map(({ shortCode, target }) => ({ short_code: shortCode, target })),
    faults: csv?.refused ?? [],
    problem,
    url: progressAddress(record),
  };
}

function Result({ record }: { record: RestoreRecord }) {
  return (
    <>
      <dl>
        <dt>{text.progress.created}</dt>
        <dd>{formatCount(record.progress.restored)}</dd>
        <dt>{text.progress.refused}</dt>
        <dd>{formatCount(record.progress.skippedCount)}</dd>
      </dl>
      <Refused record={record} />
      <Created record={record} />
    </>
  );
}

function Refused({ record }: { record: RestoreRecord }) {
  const { skippedCount, csv } = record.progress;
  if (csv === undefined || skippedCount === 0) return null;
  const more = skippedCount - csv.refused.length;
  return (
    <>
      <details class="mb-2">
        <summary>{previewText.preview.section(text.progress.refused, skippedCount)}</summary>
        <ul>
          {csv.refused.map(({ line, reason }) => (
            <li class="name">{text.progress.fault(line, reason)}</li>
          ))}
          {more > 0 && <li>{previewText.preview.more(more)}</li>}
        </ul>
      </details>
      {record.endedAt !== null && (
        <p>
          <a href={href("importRefused", { id: String(record.id) })}>{text.progress.download}</a>{" "}
          <span class="form-text">{text.progress.downloadHelp}</span>
        </p>
      )}
    </>
  );
}

function Created({ record }: { record: RestoreRecord }) {
  const { restored, csv } = record.progress;
  if (csv === undefined || record.endedAt === null || restored === 0) return null;
  const more = restored - csv.created.length;
  return (
    <details class="mb-2" open={restored <= 20}>
      <summary>{previewText.preview.section(text.progress.created, restored)}</summary>
      <ul>
        {csv.created.map(({ shortCode, target }) => (
          <li class="name">
            <a href={href("linkPage", { shortCode })}>{shortCode}</a> {target}
          </li>
        ))}
        {more > 0 && <li>{previewText.preview.more(more)}</li>}
      </ul>
    </details>
  );
}
