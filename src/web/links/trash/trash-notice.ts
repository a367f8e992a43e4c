import type { Notice } from "../../../http/request/cookies.ts";
import type { Removal } from "../../../links/links.ts";

/** What a person reads after a deletion, with a button that undoes it where the links are in the trash. */
export function noticeOf(
  code: "deleted" | "links_deleted",
  { shortCode, count, trashedAt }: Partial<Removal> & Pick<Removal, "count" | "trashedAt">,
): Notice {
  return {
    code: trashedAt === null ? code : "links_trashed",
    ...(code === "deleted" && trashedAt === null && shortCode !== undefined
      ? { shortCode }
      : { count }),
    ...(trashedAt !== null && { undo: trashedAt }),
  };
}
