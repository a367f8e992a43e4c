import { catalogue } from "../text/catalogue.ts";
import { formatBytes, formatCount, plural } from "../text/format.ts";

/** What is wrong with an archive. */
export const text = catalogue({
  notZip: "Not a zip file, or its end is missing.",
  damagedDirectory: "The directory of the zip file is damaged.",
  tooManyEntries: "The archive has too many entries for a backup.",
  noEntry: (name: string) => `The archive has no "${name}".`,
  nameTooLong: "The archive has an entry whose name is too long.",
  duplicate: (name: string) => `The archive contains "${name}" twice.`,
  pathOutside: (name: string) => `The archive has an entry whose path leads outside: "${name}".`,
  encrypted: "The archive is encrypted. Create one without a password.",
  unknownCompression: (name: string) => `"${name}" has an unsupported compression method.`,
  notFile: (name: string) => `"${name}" in the archive is a symbolic link or a special file.`,
  bomb: (bytes: number) =>
    `The archive would unpack to ${formatBytes(bytes)}, far more than its own size.`,
  overlap: "Entries of the archive overlap.",
  damaged: (name: string) => `"${name}" in the archive is damaged.`,
  tooLarge: (name: string, maxBytes: number) =>
    `"${name}" in the archive is larger than ${formatBytes(maxBytes)}.`,
  notUtf8: (name: string) => `"${name}" in the archive is not UTF-8 text.`,
  badJson: (name: string, place: string) =>
    place === ""
      ? `"${name}" in the archive is not valid.`
      : `"${name}" in the archive is not valid at "${place}".`,
  wrongHash: (name: string) => `"${name}" in the archive does not match the manifest.`,
  wrongSize: (name: string) => `"${name}" in the archive does not have the size in the manifest.`,
  missingEntry: (name: string) => `"${name}" is missing from the archive.`,
  incomplete: (count: number) =>
    `The backup is incomplete: ${plural(count, { one: "1 file is", other: `${formatCount(count)} files are` })} missing or damaged.`,
  noBackup: (name: string) => `Not a backup: there is no "${name}" in it.`,
});
