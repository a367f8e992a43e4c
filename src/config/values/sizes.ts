import type { Settings } from "../settings.ts";

/** 1 MB, in settings and as sizes are shown. */
export const BYTES_A_MB = 1_048_576;

/** Maximum size of an uploaded file; Infinity if unlimited. */
export function maxFileBytes(settings: Pick<Settings, "app.max_file_size_mb">): number {
  const megabytes = settings["app.max_file_size_mb"];
  return megabytes === 0 ? Infinity : megabytes * BYTES_A_MB;
}
