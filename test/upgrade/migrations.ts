/** The migrations that 725086e had; their names never change. */
export const MIGRATIONS: readonly string[] = [
  "0001_first",
  "0002_lists",
  "0003_owner_hours",
  "0004_blobs",
  "0005_contents",
  "0006_run",
  "0007_people",
  "0008_declared",
  "0009_settings",
  "0010_sent_forms",
];
