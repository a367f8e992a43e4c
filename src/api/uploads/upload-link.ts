import { takeContent } from "../../archive/site/new-site.ts";
import { requireAllowedName } from "../../files/file-name.ts";
import { fileNameIn, isComplete, parseMetadata, type Upload } from "../../files/uploads/upload.ts";
import type { Call } from "../../http/call.ts";
import { takeUpload } from "../../http/content/sent-upload.ts";
import type { NewLink } from "../../links/input/link-schema.ts";
import { type ContentKind, hasContent } from "../../links/link.ts";
import { requireCreation } from "../../links/rows/access.ts";
import { text as linkText } from "../../links/text.en.ts";
import { invalid } from "../../problem.ts";
import { fileFields } from "../files/file-schema.ts";
import { parseFileOptions } from "../files/upload-file.ts";
import { requireUser } from "../request/caller.ts";
import { parameterField } from "../request/pointer.ts";
import { QueryReader } from "../request/query.ts";
import { text } from "../text.en.ts";

const { password: _, ...options } = fileFields.shape;
const reader = new QueryReader(fileFields.omit({ password: true }), parameterField);

type FileLink = NewLink & {
  readonly kind: ContentKind;
  /** Whether location and camera data are removed. */
  readonly isCleaned: boolean;
};

/** The link that an upload becomes, as its metadata describe it. */
async function linkIn(call: Call, metadata: ReadonlyMap<string, string>): Promise<FileLink> {
  // It would be stored in the clear until then.
  if (metadata.has("password")) throw invalid(parameterField("password"), text.upload.password);
  const pairs = [...metadata].flatMap(([name, value]) => {
    const known = name === "expires_in" ? "expires_at" : name;
    if (!(known in options) || value === "") return [];
    const values = known === "aliases" ? value.split(/[\s,]+/) : [value];
    return values.map((each): [string, string] => [known, each]);
  });
  const given = reader.read(new URLSearchParams(pairs));
  const { kind = "file", remove_metadata: isCleaned = false } = given;
  if (!hasContent(kind)) throw invalid(parameterField("kind"), text.file.formOnly);
  return { ...(await parseFileOptions(call, given)), kind, isCleaned };
}

/**
 * Refuses early what would be refused when all bytes are there.
 * @throws Problem `invalid`, `forbidden`
 */
export async function requireLink(
  call: Call,
  metadata: ReadonlyMap<string, string>,
): Promise<void> {
  const { id: ownerId } = requireUser(call);
  const { shortCode, kind } = await linkIn(call, metadata);
  requireCreation(call.actor, { ownerId, kind });
  if (shortCode !== null && !(await call.app.links.isFree(shortCode, ownerId)))
    throw invalid(parameterField("short_code"), linkText.shortCode.taken(shortCode));
}

/** @throws Problem `invalid` for an extension that is not allowed */
export function requireName({ settings }: Call, metadata: ReadonlyMap<string, string>): void {
  const allowed = settings["files.allowed_extensions"];
  requireAllowedName(fileNameIn(metadata), allowed, parameterField("filename"));
}

/**
 * Creates the link of an upload that is complete, unless it waits for another request, or has one.
 * @throws Problem as `links.create`; the upload stays
 */
export async function finishUpload(call: Call, upload: Upload): Promise<Upload> {
  if (!isComplete(upload) || upload.purpose !== "link" || upload.state === "used") return upload;
  const { app, actor } = call;
  const { isCleaned, ...input } = await linkIn(call, parseMetadata(upload.metadata));
  const { kind } = input;
  await using taken = await takeUpload(call, upload.id, kind);
  await using file = await app.files.removedMetadata.clean(taken, isCleaned);
  const field = parameterField("filename");
  await using content = await takeContent(call, { file, kind, field });
  const files = content.files ?? [];
  const creation = { ownerId: upload.ownerId, key: taken.key, lifeMs: KEY_MS, files };
  const link = { ...input, kind: content.kind };
  const { shortCode } = await app.links.create(actor, creation, link, content.file);
  await taken.markUsed(shortCode);
  app.metrics.countUpload(taken.size);
  return { ...upload, state: "used", shortCode };
}

/** How long it is known that an upload has its link, in milliseconds, where the process ends before it can note that. */
const KEY_MS = 86_400_000 * 30;
