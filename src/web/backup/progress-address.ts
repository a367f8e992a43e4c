import { href } from "../../http/urls.ts";
import type { RestoreRecord } from "../../links/restores/restore-record.ts";

/** The page that shows the progress of a restore, an import or a change of many links. */
export function progressAddress({ id, mode }: Pick<RestoreRecord, "id" | "mode">): string {
  const pages = { csv: "importProgress", bulk: "bulkProgress" } as const;
  const page = mode === "csv" || mode === "bulk" ? pages[mode] : "restoreProgress";
  return href(page, { id: String(id) });
}
