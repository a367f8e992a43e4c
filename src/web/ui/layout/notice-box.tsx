/** @jsxImportSource #markup */

import type { Notice, SkippedLinks } from "../../../http/request/cookies.ts";
import { href } from "../../../http/urls.ts";
import { fillText } from "../fill-text.tsx";
import type { Child } from "../markup/markup.ts";
import { text } from "./text.en.ts";

/** What was just done, shown once. */
export function NoticeBox({ notice, origin }: { notice: Notice | null; origin: string }) {
  if (notice === null) return null;
  return (
    <div class="callout border-success" role="status" data-notice={notice.code}>
      {describe(notice, origin)}
      {notice.undo !== undefined && (
        <UndoButton isDeletion={notice.code === "links_trashed"} undo={notice.undo} />
      )}
    </div>
  );
}

function describe({ code, shortCode, count = 0, skipped }: Notice, origin: string): Child {
  const notice = text.notice;
  const withLink = linking(shortCode, origin);
  switch (code) {
    case "created":
      return withLink(notice.created, notice.createdAt);
    case "became_page":
      return withLink(notice.becamePage, notice.becamePageAt);
    case "saved":
      return withLink(notice.saved, notice.savedAt);
    case "version_restored":
      return notice.versionRestored;
    case "deleted":
      return shortCode === undefined ? notice.deleted : notice.deletedLink(shortCode);
    case "links_deleted":
      return notice.linksDeleted(count);
    case "links_trashed":
      return notice.linksTrashed(count);
    case "links_recovered":
      return notice.linksRecovered(count);
    case "links_enabled":
      return notice.linksEnabled(count);
    case "links_disabled":
      return notice.linksDisabled(count);
    case "links_undone":
      return notice.linksUndone(count);
    case "expiry_set":
      return notice.expirySet(count);
    case "links_restored":
      return skipped === undefined
        ? notice.linksRestored(count)
        : notice.linksRestoredPartly(count, namesOf(skipped));
    case "links_given":
      return notice.linksTransferred(count);
    case "tags_changed":
      return notice.tagsChanged(count);
    case "account_created":
      return notice.accountCreated;
    case "key_revoked":
      return notice.keyRevoked;
    case "account_deleted":
      return notice.accountDeleted;
    case "signed_out_everywhere":
      return notice.userSignedOut;
    case "signed_out":
      return notice.signedOut;
    case "share_again":
      return notice.shareAgain;
    case "session_ended":
      return notice.sessionEnded;
    case "other_sessions_ended":
      return notice.otherSessionsEnded;
    case "upload_deleted":
      return notice.uploadDeleted;
    case "password_changed":
      return notice.passwordChanged;
  }
}

/** Chooses the text for a notice with or without the short code of a link, and fills it in. */
function linking(shortCode: string | undefined, origin: string) {
  return (plain: string, linked: string): Child =>
    shortCode === undefined
      ? plain
      : fillText(linked, { link: <ShortLink shortCode={shortCode} origin={origin} /> });
}

function UndoButton({ isDeletion, undo }: { isDeletion: boolean; undo: number }) {
  return (
    <form method="post" action={href(isDeletion ? "trash" : "bulkLinks")} class="d-inline ms-2">
      <input type="hidden" name="action" value="undo" />
      <input type="hidden" name={isDeletion ? "deleted_at" : "undo"} value={undo} />
      <button class="btn btn-sm btn-quiet" type="submit">
        {text.notice.undo}
      </button>
    </form>
  );
}

function namesOf({ count, codes }: SkippedLinks): string[] {
  const others = count - codes.length;
  return others === 0 ? [...codes] : [...codes, text.notice.otherLinks(others)];
}

function ShortLink({ shortCode, origin }: { shortCode: string; origin: string }) {
  const path = href("open", { shortCode });
  return (
    <a class="fw-semibold" href={path}>
      {origin}
      {path}
    </a>
  );
}
