import { z } from "zod";
import { scopesOf } from "../../policy.ts";
import { startedSchema } from "../nodes/node-schema.ts";
import { type Answer, operation } from "../operation.ts";
import type { BodyReader } from "../request/body.ts";
import { backupQuery, restoreQuery, restoreSchema, siteBackupsSchema } from "./backup-schema.ts";
import {
  cancelRestore,
  downloadBackup,
  downloadSiteBackup,
  readRestore,
  readSiteBackups,
  startRestore,
  startSiteBackup,
} from "./backups.ts";

const RESTORE = scopesOf["backup.restore"];

/** The bytes of an archive, which the operation reads itself while they arrive. */
const archive: BodyReader<undefined> = {
  schema: z.unknown(),
  types: ["application/zip"],
  read: async () => undefined,
};

const restore: Answer = { doc: "The restore.", schema: restoreSchema };

/** Operations on backups, and restores of them. */
export const backupOperations = {
  apiBackup: {
    GET: operation({
      name: "downloadBackup",
      doc: "Download a backup of your account. That of another account needs a person.",
      scopes: scopesOf["backup.make"],
      query: backupQuery,
      answers: {
        200: { doc: "An archive.", types: ["application/zip"], headers: ["Content-Disposition"] },
      },
      answer: (call, { query }) => downloadBackup(call, query.owner),
    }),
  },
  apiRestores: {
    POST: operation({
      name: "startRestore",
      doc: "Restore an account from an archive. Watch `state` of the restore.",
      scopes: RESTORE,
      query: restoreQuery,
      body: archive,
      answers: {
        202: { doc: "It is started.", schema: restoreSchema, headers: ["Location"] },
      },
      problems: ["conflict", "too_large", "storage_full"],
      answer: (call, { query }) => startRestore(call, query),
    }),
  },
  apiRestore: {
    GET: operation({
      name: "readRestore",
      doc: "Read how far a restore has come.",
      scopes: RESTORE,
      answers: { 200: restore },
      answer: readRestore,
    }),
    DELETE: operation({
      name: "cancelRestore",
      doc: "Ask a restore to end. What is restored stays.",
      scopes: RESTORE,
      answers: { 200: restore },
      answer: cancelRestore,
    }),
  },
  apiSiteBackups: {
    GET: operation({
      name: "listSiteBackups",
      doc: "List the backups of the whole site in its data folder.",
      scopes: scopesOf["site_backup.list"],
      answers: { 200: { doc: "The backups.", schema: siteBackupsSchema } },
      answer: readSiteBackups,
    }),
    POST: operation({
      name: "startSiteBackup",
      doc: "Back up the whole site. Watch `running` of the job `back-up-site`.",
      scopes: scopesOf["site_backup.make"],
      answers: { 202: { doc: "It is started.", schema: startedSchema, headers: ["Location"] } },
      problems: ["conflict"],
      answer: startSiteBackup,
    }),
  },
  apiSiteBackup: {
    GET: operation({
      name: "downloadSiteBackup",
      doc: "Download a backup of the whole site, or a range of it. A session must be new.",
      scopes: scopesOf["site_backup.download"],
      answers: {
        200: { doc: "The archive.", types: ["application/zip"], headers: ["Content-Disposition"] },
        206: { doc: "The range that was asked for.", types: ["application/zip"] },
        304: { doc: "It is as the request says." },
        416: { doc: "There is no such range." },
      },
      problems: ["precondition_failed"],
      answer: downloadSiteBackup,
    }),
  },
};
