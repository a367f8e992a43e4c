import type { AuditAction } from "../../audit/audit-actions.ts";
import { catalogue } from "../../text/catalogue.ts";

/** What is recorded, as people call it. */
const actions: Record<AuditAction, string> = {
  "user.signed_in": "Signed in",
  "user.sign_in_refused": "Sign-in failed",
  "user.created": "Account created",
  "user.changed": "Account changed",
  "user.removed": "Account deleted",
  "user.password_changed": "Password changed",
  "user.password_set": "Password reset",
  "user.signed_out_everywhere": "Signed out everywhere",
  "user.session_ended": "Session ended",
  "user.other_sessions_ended": "Other sessions ended",
  "user.switched_to": "Impersonation started",
  "user.switched_back": "Impersonation ended",
  "link.created": "Link created",
  "link.changed": "Link changed",
  "link.removed": "Link deleted permanently",
  "link.trashed": "Link moved to the trash",
  "link.recovered": "Link restored from the trash",
  "link.given": "Link transferred",
  "links.restored": "Links restored",
  "links.moved_in": "Links imported",
  "tag.renamed": "Tag renamed",
  "tag.merged": "Tags merged",
  "tag.removed": "Tag deleted",
  "settings.changed": "Setting changed",
};

/** Labels of details, by their stored names. */
const details: Record<string, string> = {
  batch: "changed together",
  count: "number of links",
  device: "browser",
  disabled: "disabled",
  display_name: "name",
  fields: "changed",
  from: "from",
  kind: "type",
  links: "links",
  movedIn: "imported",
  oneTime: "one-time password",
  quota: "storage quota",
  removed: "deleted",
  restored: "restored",
  revision: "revision",
  role: "role",
  sessions: "sessions",
  to: "to",
  was: "before",
};

/** Texts of the activity log. */
export const text = catalogue({
  title: "Activity log",
  downloadCsv: "Download CSV",
  own: {
    title: "Your activity",
    explanation: "What you did, and changes by others to your account and links.",
    profile: "Profile",
  },

  columns: {
    time: "Time",
    user: "User",
    action: "Action",
    address: "IP address",
  },
  filter: {
    anyAction: "Any action",
    anyUser: "Any user",
    target: "Target",
    targetExamples: "Short code, user, setting",
    anyAddress: "Any IP address",
    from: "From",
    to: "To",
  },
  noneFound: "No entries found",
  showAll: "Show all entries",
  newest: "Newest",
  older: "Older",

  notSignedIn: "Not signed in",
  commandLine: "Command line",
  impersonating: (actor: string, user: string) => `${actor} as ${user}`,
  actions,
  on: (action: string) => `${action}: {target}`,
  details,
  detail: (label: string, value: string) => `${label}: ${value}`,
  yes: "yes",
  no: "no",
  none: "none",
});
