import { catalogue } from "../text/catalogue.ts";

export const text = catalogue({
  belongsToOther: (path: string) =>
    `${path} belongs to another user or is being deleted. Try again in a minute.`,
  assets: {
    outside: "The path must be that of a file in your assets folder.",
    notFound: (path: string) => `There is no file "${path}" in the assets folder.`,
    notRegular: (path: string) => `"${path}" in the assets folder is not a regular file.`,
    unreadable: (path: string) => `Cannot read ${path}.`,
    stillWritten: (path: string) => `${path} is still being written. Try again in a moment.`,
  },
  sharedMeanwhile: "Another link to the same file was created in the meantime. Try again.",
  accountDeleted: "This account has been deleted. Nothing can be saved for it any more.",
  reservationExpired: "Saving the file took too long. Upload it again.",
  quotaForbidden: "Only administrators can set storage quotas.",
  quotaExceeded: (left: string) => `Storage quota exceeded: ${left} left.`,
  tooLarge: (maximum: string) => `The file is too large. The maximum is ${maximum}.`,
  notAllowed: (extension: string, allowed: string) =>
    `.${extension} files are not allowed. Allowed extensions: ${allowed}.`,
  noExtension: (allowed: string) =>
    `Files without an extension are not allowed. Allowed extensions: ${allowed}.`,
  tooManyThumbnails: "Too many thumbnails are being created right now. Try again in a moment.",
  damaged: "This file is damaged on the server.",
  metadataStays:
    "Location and camera data cannot be removed from this image: it is damaged. To upload it as it is, clear that choice.",
  notWritable: (folder: string) => `Cannot write to ${folder}.`,
  storageAway: "File storage is not available right now. Try again later.",
  unnamed: "file",
  upload: {
    notFound: "There is no such upload. It may have expired, or been deleted.",
    badMetadata: (most: number) =>
      `Upload-Metadata must be keys with values in Base64, each key once, at most ${most} characters.`,
    locked: "Another request sends this upload right now. Try again in a moment.",
    takenOver: "Another request goes on with this upload.",
    wrongOffset: (expected: number) => `The upload goes on at byte ${expected}.`,
    beyondLength: "That is more than the length of the upload.",
    lengthKnown: "The length of the upload is known, and cannot change.",
    lengthTooSmall: "The upload has more bytes than that already.",
    unfinished: "This upload is not complete.",
    used: "A link was created of this upload already.",
    parts:
      "The parts of Upload-Concat must be complete uploads of yours that were begun as partial ones.",
    joined: "This upload was made of others, and takes no bytes.",
    wrongChecksum: "The bytes do not match their checksum. Send them again.",
    tooMany: (most: string) =>
      `You have ${most} unfinished uploads already. Finish or delete some of them.`,
    tooManyHeld: (most: string) =>
      `You have ${most} uploads without a link already. Create links of them, or delete some.`,
  },
  /** Faults that `trunk8 doctor` reports. */
  faults: {
    missing: (path: string, codes: string) => `users/${path} is missing. Affected links: ${codes}.`,
    wrongSize: (path: string, found: number, expected: number, codes: string) =>
      `users/${path} has ${found} bytes and should have ${expected}. Affected links: ${codes}.`,
    wrongBytes: (path: string, codes: string) =>
      `users/${path} has other contents than were stored. Affected links: ${codes}.`,
    restoreFile: (path: string) => `Copy users/${path} from a backup, or upload the file again.`,
    wrongUsage: (username: string, counted: number, recorded: number) =>
      `The files of ${username} have ${counted} bytes in total, but ${recorded} are recorded.`,
    wrongUses: (path: string, counted: number, recorded: number, state: string) =>
      `${path} is used by ${counted} links, but ${recorded} are recorded (${state}).`,
    fix: "trunk8 doctor --fix",
    report: "Please report this: it should not happen. Nothing was changed.",
  },
});
