import { maxFileBytes } from "../../config/values/sizes.ts";
import type { ReceivedFile } from "../../files/blobs.ts";
import { requireAllowedName } from "../../files/file-name.ts";
import type { Call } from "../../http/call.ts";
import type { SentFile } from "../../http/content/receive-file.ts";
import { checkFile, contentOf, type NewContent } from "../../http/content/store-text.ts";
import { nameIn } from "../../links/files/file-path.ts";
import type { NewLinkFile } from "../../links/files/link-file.ts";
import { placeSite } from "../../links/files/site-paths.ts";
import { renamingFields } from "../../links/input/parse-fields.ts";
import type { ContentKind } from "../../links/link.ts";
import { text as linkText } from "../../links/text.en.ts";
import { requireText } from "../../links/text-content.ts";
import { invalid } from "../../problem.ts";
import { formatBytes } from "../../text/format.ts";
import { ARCHIVE_FIELD, Archive } from "../archive.ts";

type Site = Pick<Call, "app" | "settings">;

/** A file that was sent as the content of a link. */
export interface SentContent {
  readonly file: ReceivedFile;
  readonly kind: ContentKind;
  /** The field that a refusal names. */
  readonly field: string;
  /** Bytes of the link that the new ones replace. */
  readonly replaced?: number;
}

/**
 * Checks a file that becomes the content of a link. Of an HTML page, a zip becomes its files, and another file the whole
 * page. The caller disposes of the file that was sent.
 * @throws Problem `invalid` on `field`, `over_quota`, `storage_full`, `busy`
 */
export async function takeContent(call: Call, sent: SentContent): Promise<NewContent> {
  const { file, kind, field } = sent;
  if (isSite(sent)) return await unpackSite(call, sent);
  const kindWithIt = await checkFile(call, file, kind, field);
  return contentOf(kindWithIt, lent(file), kindWithIt === "html" ? [] : null);
}

/** Whether a file that was sent is a zip with all files of an HTML page. */
export function isSite({ file, kind }: Pick<SentContent, "file" | "kind">): boolean {
  return kind === "html" && file.type === "application/zip";
}

/** The files of a form as an HTML page. The caller disposes of them. */
export function siteOfFiles(
  { settings }: Pick<Call, "settings">,
  sent: readonly SentFile[],
  field: string,
): NewContent {
  const mostFiles = settings["files.site_files"];
  const given = sent.map((file) => ({ path: file.givenName, item: file }));
  const { index, others } = placeSite(given, { field, mostFiles });
  requireText("html", index.head, field);
  const named = others.map(({ path, item: file }) => ({ path, title: "", file }));
  requireAllowedNames([...named, { path: index.name }], settings, field);
  return contentOf("html", lent(index), named);
}

/** The same file, which its owner disposes of. */
function lent(file: ReceivedFile): ReceivedFile {
  return { ...file, [Symbol.asyncDispose]: async () => {} };
}

/** @throws Problem `invalid` on `field` */
function requireAllowedNames(
  files: readonly { readonly path: string }[],
  settings: Call["settings"],
  field: string,
): void {
  for (const { path } of files)
    requireAllowedName(nameIn(path), settings["files.allowed_extensions"], field);
}

/** Systems add entries for folders, and for each file one of its own. */
const ENTRIES_A_FILE = 3;
const MORE_ENTRIES = 100;

/**
 * Unpacks a zip with all files of an HTML page. The caller disposes of the zip.
 * @throws Problem `invalid` on the field, `over_quota`, `storage_full`
 */
export async function unpackSite({ app, settings }: Site, sent: SentContent): Promise<NewContent> {
  const { file: zip, field, replaced = 0 } = sent;
  const mostFiles = settings["files.site_files"];
  await using handle = await zip.draft.open();
  const mostEntries = mostFiles * ENTRIES_A_FILE + MORE_ENTRIES;
  const tooMany = linkText.site.tooMany(mostFiles);
  const archive = await onField(field, Archive.read(handle.fd, mostEntries, tooMany));
  const given = [...archive.entries].map(([path, item]) => ({ path, item }));
  const { index, others } = placeSite(given, { field, mostFiles });
  const all = [{ path: index.name, item: index }, ...others];
  requireAllowedNames(all, settings, field);
  const bytes = all.reduce((sum, { item }) => sum + item.size, 0);
  const most = maxFileBytes(settings);
  if (bytes > most) throw invalid(field, linkText.site.tooLarge(formatBytes(most)));
  // The zip itself goes.
  const room = app.files.blobs.roomFor(zip.owner, replaced + zip.size);
  if ((await room.left()) < bytes) throw room.refusal;
  await using received = new AsyncDisposableStack();
  const files: NewLinkFile[] = [];
  for (const { path, item } of all) {
    const incoming = { name: nameIn(path), bytes: archive.read(item.name) };
    const file = await onField(field, app.files.blobs.receive(zip.owner, incoming, Infinity));
    received.use(file);
    await file.draft.rest();
    files.push({ path, title: "", file });
  }
  const [first, ...rest] = files;
  if (first === undefined) throw invalid(field, linkText.site.noIndex);
  requireText("html", first.file.head, field);
  const kept = received.move();
  return {
    ...contentOf("html", first.file, rest),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Names the field of the sender in a refusal of an archive. */
async function onField<Done>(field: string, work: Promise<Done>): Promise<Done> {
  return await work.catch((thrown: unknown) =>
    renamingFields({ [ARCHIVE_FIELD]: field }, () => {
      throw thrown;
    }),
  );
}
