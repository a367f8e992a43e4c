import { href } from "../../http/urls.ts";
import type { RestoreRecord } from "../../links/restores/restore-record.ts";

/** The page that shows the progress of a restore or an import. */
export function progressAddress({ id, mode }: Pick<RestoreRecord, "id" | "mode">): string {
  return href(mode === "csv" ? "importProgress" : "restoreProgress", { id: String(id) });
}
