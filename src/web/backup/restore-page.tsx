/** @jsxImportSource #markup */

import { ARCHIVE_FIELD } from "../../archive/archive.ts";
import type { Call, Handler } from "../../http/call.ts";
import { prefersJson } from "../../http/request/accept.ts";
import type { Form } from "../../http/request/form.ts";
import { readUpload, type Upload } from "../../http/request/multipart.ts";
import { json, seeOther } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { isStoredCode } from "../../links/short-code.ts";
import { invalid } from "../../problem.ts";
import {
  planRestore,
  type RestoreMode,
  type RestoreOrder,
  type RestorePlan,
  restoreModes,
} from "../../user-backup/restore-plan.ts";
import { restoreUser } from "../../user-backup/restore-user.ts";
import { isReadAtOnce, isSmall } from "../../user-backup/restores/is-small.ts";
import {
  findArchive,
  findPlacedArchive,
  listPlacedArchives,
  maxUpload,
  receiveArchive,
  requireDiskSpace,
  type UploadedArchive,
} from "../../user-backup/uploaded-archives.ts";
import { withRecentSignIn } from "../accounts/confirm-password.tsx";
import { goTo } from "../go-to.ts";
import { signedIn } from "../signed-in.ts";
import { show as showPage } from "../ui/layout/layout.tsx";
import { type Entry, showForm, submit } from "../ui/post-form.tsx";
import { targetUser } from "./backup-page.tsx";
import { RestoreForm, RestorePreview } from "./restore-forms.tsx";
import { describeRestore } from "./restore-progress-page.tsx";
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
  const maxBytes = await maxUpload(call.app, user);
  const announced = Number(call.request.headers.get("content-length"));
  if (announced <= maxBytes) await requireDiskSpace(call.app, announced);
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
  const order = { owner, path: source.path, mode };
  const fields = { ...source.fields, restore_mode: mode, target_user: owner.username };
  if (form.checked("preview")) {
    const response = await showPreview(call, order, fields);
    sent?.keep();
    return response;
  }
  if (mode === "merge") return await carryOut(call, order, sent);
  let isConfirmed = false;
  const response = await withRecentSignIn(
    call,
    form,
    "backup.restore_replacing",
    () => {
      isConfirmed = true;
      return carryOut(call, order, sent);
    },
    Object.entries(fields),
  );
  if (!isConfirmed) sent?.keep();
  return response;
}

async function showPreview(
  call: Call,
  order: RestoreOrder,
  fields: Source["fields"],
): Promise<Response> {
  using plan = await planRestore(call.app, call.actor, order);
  return await showPage(
    call,
    { title: text.preview.title },
    <RestorePreview plan={plan} fields={fields} />,
  );
}

async function carryOut(
  call: Call,
  order: RestoreOrder,
  sent: UploadedArchive | null,
): Promise<Response> {
  await call.app.links.restores.refuseWhileRunning(order.owner.id);
  if (!(await isReadAtOnce(order.path))) return await startRestore(call, order, sent);
  using plan = await planRestore(call.app, call.actor, order);
  return (await isSmall(plan))
    ? await restorePlanned(call, plan)
    : await startRestore(call, order, sent);
}

/** A restore of which the progress is shown: its sender need not wait. */
async function startRestore(
  call: Call,
  { owner, mode, path }: RestoreOrder,
  sent: UploadedArchive | null,
): Promise<Response> {
  const restore = { ownerId: owner.id, mode, archive: path, isSent: sent !== null };
  const record = await call.app.links.restores.create(call.actor, restore);
  sent?.keep();
  const location = href("restoreProgress", { id: String(record.id) });
  if (!prefersJson(call.request)) return seeOther(location, { call });
  const headers = new Headers({ location });
  return json(describeRestore(record, owner), { call, status: 202, headers });
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
  const count = plan.added.length + plan.overwritten.length;
  return goTo(call, href("links"), { code: "links_restored", count, ...skippedIn(plan) });
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
  const { session } = call;
  const asksPassword = session !== null && !call.app.accounts.sessions.isRecent(session);
  const running = await call.app.links.restores.findRunning(signedIn(call).user.id, "restore");
  return await showForm(
    call,
    { title: text.restore.title, entry },
    <RestoreForm {...{ call, entry, placed, asksPassword, running }} />,
  );
}
