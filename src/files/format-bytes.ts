const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

const units = ["bytes", "KB", "MB", "GB", "TB", "PB"] as const;

/** A size as people write it: `812 bytes`, `1.4 MB`; each unit is 1,024 of the one before, as in the upload limit. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return "1 byte";
  let size = bytes;
  let step = 0;
  // Compared as it will be written, so that no size reads 1,024 KB.
  while (Math.round(size * 10) / 10 >= 1024 && step < units.length - 1) {
    size /= 1024;
    step++;
  }
  return `${tenths.format(size)} ${units[step]}`;
}
