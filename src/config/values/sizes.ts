import type { Settings } from "../settings.ts";

/** As the settings count, and as people see sizes. */
export const BYTES_A_MB = 1_048_576;

/** What one uploaded file may have at most; Infinity for no limit. */
export function maxFileBytes(settings: Pick<Settings, "app.max_file_size_mb">): number {
  const megabytes = settings["app.max_file_size_mb"];
  return megabytes === 0 ? Infinity : megabytes * BYTES_A_MB;
}
