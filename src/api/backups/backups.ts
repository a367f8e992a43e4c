import type { z } from "zod";
import type { User } from "../../accounts/user.ts";
import type { Call } from "../../http/call.ts";
import { parseId } from "../../http/request/parse-id.ts";
import { deliver } from "../../http/response/deliver-file.ts";
import { download } from "../../http/response/download.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { startAsked } from "../../jobs/asked-runs.ts";
import { isRestore, type RestoreRecord } from "../../links/restores/restore-record.ts";
import { may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { backUpNow } from "../../site-backup/backup-schedule.ts";
import {
  findSiteBackup,
  listSiteBackups,
  requireSiteBackup,
} from "../../site-backup/site-backups.ts";
import { backUpUser } from "../../user-backup/back-up-user.ts";
import {
  maxUpload,
  receiveArchive,
  requireDiskSpace,
} from "../../user-backup/uploaded-archives.ts";
import { answerStarted } from "../nodes/jobs.ts";
import { requirePerson, requireUser } from "../request/caller.ts";
import { ownerNamed } from "../request/owner.ts";
import { arrivingBytes } from "../request/raw-body.ts";
import { text } from "../text.en.ts";
import { leftOutOf, problemOf } from "../work-schema.ts";
import type { RestoreQuery, restoreSchema } from "./backup-schema.ts";

/** `GET /api/v1/backup` */
export async function downloadBackup(call: Call, owner: string | undefined): Promise<Response> {
  const user = await ownerNamed(call, owner);
  if (user.id !== requireUser(call).id) requirePerson(call);
  const { name, bytes } = await backUpUser(call.app, call.actor, user);
  return download(bytes, { call, name, type: "application/zip" });
}

/** `POST /api/v1/restores`: the body is an archive, which is stored as it arrives. */
export async function startRestore(call: Call, query: RestoreQuery): Promise<Response> {
  const { app, actor } = call;
  const owner = await ownerNamed(call, query.owner);
  if (!may(actor, "backup.restore", { ownerId: owner.id }))
    throw new Problem("not_found", text.noSuchUser(owner.username));
  if (query.mode === "replace") requirePerson(call);
  if ((await app.links.restores.findRunning(owner.id, "restore")) !== null)
    throw new Problem("conflict", text.restoreInProgress);
  await using archive = await receive(call);
  const record = await app.links.restores.create(actor, {
    ownerId: owner.id,
    mode: query.mode,
    archive: archive.path,
    isSent: true,
  });
  archive.keep();
  const headers = new Headers({ location: href("apiRestore", { id: String(record.id) }) });
  return json(describeRestore(record, owner), { call, status: 202, headers });
}

async function receive(call: Call) {
  const { app, request } = call;
  const sender = requireUser(call);
  const maxBytes = await maxUpload(app, sender);
  const announced = Number(request.headers.get("content-length"));
  if (announced <= maxBytes) await requireDiskSpace(app, announced);
  using _ = app.uploads.begin(sender.id);
  return await receiveArchive(app, sender, arrivingBytes(call), maxBytes);
}

/** `GET /api/v1/restores/<id>` */
export async function readRestore(call: Call): Promise<Response> {
  const { record, owner } = await findRestore(call);
  return json(describeRestore(record, owner), { call });
}

/** `DELETE /api/v1/restores/<id>` */
export async function cancelRestore(call: Call): Promise<Response> {
  const { record } = await findRestore(call);
  await call.app.links.restores.cancel(record.id);
  return await readRestore(call);
}

/** `GET /api/v1/site/backups` */
export async function readSiteBackups(call: Call): Promise<Response> {
  const found = await listSiteBackups(call.app, call.actor);
  const items = found.map(({ name, size, at }) => ({
    name,
    size,
    created_at: new Date(at).toISOString(),
  }));
  return json({ items }, { call });
}

/** `POST /api/v1/site/backups` */
export async function startSiteBackup(call: Call): Promise<Response> {
  const { app, actor } = call;
  requireSiteBackup(actor, "site_backup.make");
  await startAsked(app, "back-up-site", () => backUpNow(app));
  return answerStarted(call, "back-up-site");
}

/** `GET /api/v1/site/backups/<name>`: a session must be new, as for all that an open browser must not be enough for. */
export async function downloadSiteBackup(call: Call): Promise<Response> {
  const { app, actor, params, request } = call;
  const backup = await findSiteBackup(app, actor, params.name ?? "");
  if (backup === null) throw new Problem("not_found", text.noSuchBackup);
  if (call.session !== null) requirePerson(call);
  const { name, size, at, path } = backup;
  const file = { type: "application/zip", name, size, modifiedAt: at, sha256: `${at}-${size}` };
  const response = deliver(request, Bun.file(path), file, {
    call,
    inline: false,
    isShared: false,
    shortCode: "backup",
    cacheControl: "no-store",
    now: app.clock(),
  });
  if (response.status === 412) throw new Problem("precondition_failed", text.conditions.changed);
  return response;
}

/** @throws Problem `not_found` */
async function findRestore(call: Call): Promise<{ record: RestoreRecord; owner: User }> {
  const { app, actor, params } = call;
  const record = await app.links.restores.find(parseId(params.id) ?? 0);
  const isVisible = record !== null && isRestore(record) && may(actor, "backup.restore", record);
  const owner = isVisible ? await app.accounts.users.findById(record.ownerId) : null;
  if (record === null || owner === null) throw new Problem("not_found", text.noSuchRestore);
  return { record, owner };
}

function describeRestore(
  record: RestoreRecord,
  { username }: Pick<User, "username">,
): z.input<typeof restoreSchema> {
  const { id, state, mode, progress, createdAt } = record;
  const { phase, place, links, restored, removed, skippedCount } = progress;
  return {
    id,
    state,
    mode: mode === "replace" ? mode : "merge",
    owner: username,
    phase,
    links,
    place,
    restored,
    removed,
    skipped_count: skippedCount,
    skipped: leftOutOf(record),
    problem: problemOf(record),
    created_at: new Date(createdAt).toISOString(),
  };
}
