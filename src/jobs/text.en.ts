import { catalogue } from "../text/catalogue.ts";

/** What each periodic job does. */
export const text = catalogue({
  titles: {
    "count-visits": "Save recorded visits",
    "rank-links": "Rank links by visits",
    "delete-expired-links": "Delete expired links",
    "empty-trash": "Delete links whose time in the trash is over",
    "clean-idempotency-keys": "Clear the resubmit guard",
    "delete-ended-sessions": "Delete ended sessions and API keys",
    "delete-old-visits": "Delete old raw visits",
    "delete-old-audit-events": "Delete old audit log entries",
    "delete-unused-files": "Delete files without a link",
    "clean-partial-uploads": "Remove abandoned uploads",
    "delete-expired-uploads": "Delete expired uploads",
    "back-up-site": "Back up the site",
    "run-restores": "Run restores of large backups",
    "clean-restore-previews": "Remove backups uploaded for a preview",
    "find-orphaned-files": "Find orphaned files",
  },

  noSuchJob: "There is no such job.",
  running: "This job is being run already.",
  mayNotRun: "Only administrators can list and run jobs.",
});
