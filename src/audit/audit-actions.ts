/** Everything that is recorded. The names are stored: they stay as they are. */
export const auditActions = [
  "user.signed_in",
  "user.sign_in_refused",
  "user.created",
  "user.changed",
  "user.removed",
  "user.password_changed",
  "user.password_set",
  "user.signed_out_everywhere",
  "user.session_ended",
  "user.other_sessions_ended",
  "user.switched_to",
  "user.switched_back",
  "link.created",
  "link.changed",
  "link.removed",
  "link.trashed",
  "link.recovered",
  "link.given",
  "links.restored",
  "links.moved_in",
  "tag.renamed",
  "tag.merged",
  "tag.removed",
  "settings.changed",
] as const;

export type AuditAction = (typeof auditActions)[number];
