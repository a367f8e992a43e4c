import type { z } from "zod";
import type { PlanJson } from "../../api/apply/apply-schema.ts";
import type { auditEventSchema, auditListQuery } from "../../api/audit/audit-schema.ts";
import type { countSchema } from "../../api/count-schema.ts";
import type { versionSchema, versionsSchema } from "../../api/history/version-schema.ts";
import type { keySchema } from "../../api/keys/key-schema.ts";
import type { linkListQuery } from "../../api/links/link-query-schema.ts";
import type { linkSchema } from "../../api/links/link-schema.ts";
import type { ApiMethod } from "../../api/operation.ts";
import type { statsSchema } from "../../api/stats/stats-schema.ts";
import type { trashedLinkSchema } from "../../api/trash/trash-schema.ts";
import type { meSchema, userListQuery, userSchema } from "../../api/users/user-schema.ts";
import type { ParamsIn } from "../../http/url-row.ts";
import type { ApiUrlName, apiUrls } from "../../http/urls/api-urls.ts";

/** Where the operations of the API are that commands call: the remote client loads no more of the API than this. */
export const clientOperations = {
  about: { url: "api", method: "GET" },
  readMe: { url: "apiMe", method: "GET" },
  listLinks: { url: "apiLinks", method: "GET" },
  createLink: { url: "apiLinks", method: "POST" },
  readLink: { url: "apiLink", method: "GET" },
  changeLink: { url: "apiLink", method: "PATCH" },
  deleteLink: { url: "apiLink", method: "DELETE" },
  listVersions: { url: "apiVersions", method: "GET" },
  readVersionContent: { url: "apiVersionContent", method: "GET" },
  restoreVersion: { url: "apiVersionRestore", method: "POST" },
  readQr: { url: "apiQr", method: "GET" },
  readLinkStats: { url: "apiLinkStats", method: "GET" },
  exportLinks: { url: "apiLinkLines", method: "GET" },
  uploadFile: { url: "apiFiles", method: "POST" },
  applyLinks: { url: "apiLinksApply", method: "POST" },
  listTags: { url: "apiTags", method: "GET" },
  renameTag: { url: "apiTag", method: "PATCH" },
  mergeTag: { url: "apiTagMerge", method: "POST" },
  deleteTag: { url: "apiTag", method: "DELETE" },
  listTrash: { url: "apiTrash", method: "GET" },
  restoreLink: { url: "apiRestored", method: "POST" },
  purgeLink: { url: "apiTrashed", method: "DELETE" },
  listKeys: { url: "apiKeys", method: "GET" },
  revokeKey: { url: "apiKey", method: "DELETE" },
  listUsers: { url: "apiUsers", method: "GET" },
  createUser: { url: "apiUsers", method: "POST" },
  changeUser: { url: "apiUser", method: "PATCH" },
  listAuditEvents: { url: "apiAudit", method: "GET" },
} as const satisfies Readonly<
  Record<string, { readonly url: ApiUrlName; readonly method: ApiMethod }>
>;

export type OperationName = keyof typeof clientOperations;

/** A link as the API answers it. */
export type LinkJson = z.output<typeof linkSchema>;

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export type TrashedLinkJson = z.output<typeof trashedLinkSchema>;
export type KeyJson = z.output<typeof keySchema>;
export type LinkStatsJson = z.output<typeof statsSchema>;
export type VersionJson = z.output<typeof versionSchema>;
export type UserJson = z.output<typeof userSchema>;
export type AuditEventJson = z.output<typeof auditEventSchema>;
type Count = z.output<typeof countSchema>;

/** What each operation answers. */
export interface Outputs {
  readonly about: { readonly name: string; readonly version: string };
  readonly readMe: z.output<typeof meSchema>;
  readonly listLinks: Page<LinkJson>;
  readonly createLink: LinkJson;
  readonly readLink: LinkJson;
  readonly changeLink: LinkJson;
  readonly deleteLink: null;
  readonly listVersions: z.output<typeof versionsSchema>;
  readonly readVersionContent: null;
  readonly restoreVersion: LinkJson;
  readonly readQr: null;
  readonly readLinkStats: LinkStatsJson;
  readonly exportLinks: null;
  readonly uploadFile: LinkJson;
  readonly applyLinks: PlanJson;
  readonly listTags: Page<{ readonly name: string; readonly links: number }>;
  readonly renameTag: Count;
  readonly mergeTag: Count;
  readonly deleteTag: Count;
  readonly listTrash: Page<TrashedLinkJson>;
  readonly restoreLink: LinkJson;
  readonly purgeLink: null;
  readonly listKeys: Page<KeyJson>;
  readonly revokeKey: null;
  readonly listUsers: Page<UserJson>;
  readonly createUser: UserJson;
  readonly changeUser: UserJson;
  readonly listAuditEvents: Page<AuditEventJson>;
}

/** The parameters of the queries of lists. */
export interface Queries {
  readonly listLinks: z.input<typeof linkListQuery>;
  readonly listUsers: z.input<typeof userListQuery>;
  readonly listAuditEvents: z.input<typeof auditListQuery>;
}

type Pattern<Name extends OperationName> =
  (typeof apiUrls)[(typeof clientOperations)[Name]["url"]]["pattern"];

type Params<Name extends OperationName> = [ParamsIn<Pattern<Name>>] extends [never]
  ? { readonly params?: undefined }
  : { readonly params: Readonly<Record<ParamsIn<Pattern<Name>>, string>> };

type QueryOf<Name extends OperationName> = Name extends keyof Queries
  ? Queries[Name]
  : Readonly<Record<string, string | undefined>>;

/** A body that is no JSON, sent while it is read. */
export interface ApiBytes {
  readonly type: string;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** Input of an operation: `json` or `bytes` are its body. */
export type Given<Name extends OperationName> = Params<Name> & {
  readonly query?: QueryOf<Name>;
  readonly json?: object;
  readonly bytes?: ApiBytes;
};

/** The same of an operation that is not known yet. */
export interface AnyGiven {
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: object | undefined;
  readonly json?: object | undefined;
  readonly bytes?: ApiBytes | undefined;
}
