/** @jsxImportSource hono/jsx */
import { ARCHIVE_FIELD } from "../../archive/archive.ts";
import { BYTES_A_MB } from "../../config/values/sizes.ts";
import type { Call, Handler } from "../../http/call.ts";
import { setNotice } from "../../http/request/cookies.ts";
import type { Form } from "../../http/request/form.ts";
import { readUpload, type Upload } from "../../http/request/multipart.ts";
import { seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { isStoredCode } from "../../links/short-code.ts";
import { invalid } from "../../problem.ts";
import {
  planRestore,
  type RestoreMode,
  type RestorePlan,
  restoreModes,
} from "../../user-backup/restore-plan.ts";
import { restoreUser } from "../../user-backup/restore-user.ts";
import {
  findArchive,
  findPlacedArchive,
  listPlacedArchives,
  receiveArchive,
  type UploadedArchive,
} from "../../user-backup/uploaded-archives.ts";
import { signedIn } from "../signed-in.ts";
import { show as showPage } from "../ui/layout/layout.tsx";
import { type Entry, showForm, submit } from "../ui/post-form.tsx";
import { targetUser } from "./backup-page.tsx";
import { RestoreForm, RestorePreview } from "./restore-forms.tsx";
import { text } from "./text.en.ts";

/** `/backup/restore`: restores an archive, after a preview. */
export const restore = { show, run } satisfies Record<string, Handler>;

function show(call: Call): Promise<Response> {
  return showRestoreForm(call, { values: { target_user: signedIn(call).user.username } });
}

async function run(call: Call): Promise<Response> {
  await using sent = await readSent(call);
  // Reading the archive may take longer than the usual timeout.
  call.connection.allowSilence(call.request, 0);
  const { form } = sent;
  return await submit(
    call,
    () => previewOrRestore(call, sent),
    (refusal) => showRestoreForm(call, { values: valuesOf(form), refusal }),
  );
}

async function readSent(call: Call): Promise<Upload<UploadedArchive>> {
  const { user } = signedIn(call);
  const megabytes = call.settings["backup.max_upload_mb"];
  const maxBytes = megabytes === 0 ? Infinity : megabytes * BYTES_A_MB;
  return await readUpload(call, {
    fileFields: [ARCHIVE_FIELD],
    maxFileBytes: maxBytes,
    receive: ({ bytes }) => receiveArchive(call.app, user, bytes, maxBytes),
  });
}

/** The path of the archive, and the fields by which the next post finds it again. */
interface Source {
  readonly path: string;
  readonly fields: Readonly<Record<string, string>>;
}

async function previewOrRestore(
  call: Call,
  { form, files }: Upload<UploadedArchive>,
): Promise<Response> {
  const { user } = signedIn(call);
  const owner = await targetUser(call, form.text("target_user").trim());
  const mode = parseMode(form.text("restore_mode"));
  const sent = files.get(ARCHIVE_FIELD) ?? (await findArchive(call.app, user, form.text("sent")));
  await using _ = sent;
  const source = await sourceOf(call, form, sent);
  using plan = await planRestore(call.app, call.actor, { owner, path: source.path, mode });
  if (!form.checked("preview")) return await restorePlanned(call, plan);
  sent?.keep();
  const fields = { ...source.fields, restore_mode: mode, target_user: owner.username };
  return await showPage(
    call,
    { title: text.preview.title },
    <RestorePreview plan={plan} mode={mode} fields={fields} />,
  );
}

async function sourceOf(call: Call, form: Form, sent: UploadedArchive | null): Promise<Source> {
  if (sent !== null) return { path: sent.path, fields: { sent: sent.token } };
  const name = form.text("backup_name");
  const placed = name === "" ? null : await findPlacedArchive(call.app, call.actor, name);
  if (placed !== null) return { path: placed, fields: { backup_name: name } };
  const isLate = form.has("sent");
  throw invalid(ARCHIVE_FIELD, isLate ? text.restore.fileGone : text.restore.chooseFile);
}

/** Most skipped links that the notice names: it has to fit into a cookie. */
const MAX_SKIPPED_NAMED = 10;

async function restorePlanned(call: Call, plan: RestorePlan): Promise<Response> {
  await restoreUser(call.app, call.actor, plan);
  const headers = new Headers();
  const count = plan.added.length + plan.overwritten.length;
  setNotice(headers, { code: "links_restored", count, ...skippedIn(plan) }, call.client);
  return seeOther(href("links"), { call, headers });
}

function skippedIn({ skipped }: RestorePlan) {
  if (skipped.length === 0) return {};
  const codes = skipped.map(({ shortCode }) => shortCode).filter(isStoredCode);
  return { skipped: { count: skipped.length, codes: codes.slice(0, MAX_SKIPPED_NAMED) } };
}

function parseMode(value: string): RestoreMode {
  const mode = restoreModes.find((known) => known === (value || "merge"));
  if (mode === undefined) throw invalid("restore_mode", text.restore.chooseMode);
  return mode;
}

function valuesOf(form: Form): Entry["values"] {
  const names = ["restore_mode", "target_user", "backup_name"];
  return Object.fromEntries(names.map((name) => [name, form.text(name)]));
}

async function showRestoreForm(call: Call, entry: Entry): Promise<Response> {
  const placed = await listPlacedArchives(call.app, call.actor);
  return await showForm(
    call,
    { title: text.restore.title, entry },
    <RestoreForm call={call} entry={entry} placed={placed} />,
  );
}
