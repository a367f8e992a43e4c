import { catalogue } from "../../text/catalogue.ts";
import { formatBytes, formatCount, plural } from "../../text/format.ts";

/** The pages `/backup/create` and `/backup/restore`. */
export const text = catalogue({
  noAccount: "No such account.",
  targetHelp: "Username",
  backup: {
    title: "Backup",
    about:
      "Download your links, files, settings and visit statistics as one zip file. It contains no passwords. Restore it here or on another Trunk8.",
    user: "User to back up",
    restoreTitle: "Restore",
    restoreAbout:
      "Restore a zip file that was downloaded here, or from the Python Trunk8. You get a preview first.",
    restore: "Restore a backup",
  },
  restore: {
    title: "Restore",
    file: "Backup file",
    fileHelp: "A zip file that was downloaded here, or from the Python Trunk8.",
    placed: "Or choose a backup on the server",
    none: "None",
    mode: "Existing links",
    modeHelp: "Links with the same short code are always replaced by the backup's.",
    merge: "Keep",
    replace: "Delete if not in the backup",
    passwordHelp:
      "Only needed to delete links now: you signed in more than 15 minutes ago. A preview needs none.",
    user: "New owner",
    now: "Restore now",
    chooseFile: "Choose a file.",
    fileGone: "The file is no longer available. Choose it again.",
    chooseMode: "Choose merge or replace.",
    inProgress: "A restore of your account is in progress.",
    show: "Show progress",
  },
  preview: {
    title: "Preview",
    summary: (count: number, owner: string, bytes: number) =>
      `${plural(count, { one: "1 link", other: `${formatCount(count)} links` })} and ${formatBytes(bytes)} of files will be restored to ${owner}. The backup is complete and undamaged.`,
    added: "New",
    overwritten: "Will be overwritten",
    removed: "Will be deleted",
    skipped: "Skipped",
    unreadable: "Skipped (unreadable)",
    section: (title: string, count: number) => `${title}: ${formatCount(count)}`,
    more: (count: number) => `and ${formatCount(count)} more`,
    restore: "Restore",
    chooseAnother: "Choose another file",
  },
  progress: {
    title: "Restore",
    running: "The backup is being restored. You can close this page and return later.",
    waiting: "The restore begins in a moment.",
    cancelling: "The restore stops after the links under way.",
    done: "Restored",
    failed: "Not completed",
    cancelled: "Cancelled",
    label: "Links restored",
    count: (done: number, total: number) =>
      `${formatCount(done)} of ${plural(total, { one: "1 link", other: `${formatCount(total)} links` })}`,
    removal: "Links that are not in the backup are being deleted.",
    visits: "Visits are being added.",
    owner: "Account",
    restored: "Restored",
    removed: "Deleted",
    partly: "What was restored until then stays. Restore the same backup again to complete it.",
    cancel: "Cancel",
    links: "Show links",
    again: "Restore a backup",
    notFound: "No such restore.",
    chooseAction: "Choose an action: cancel.",
  },
});
