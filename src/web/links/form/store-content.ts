import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../../files/blobs.ts";
import { requireAllowedName } from "../../../files/file-name.ts";
import { inOneChunk } from "../../../files/receive.ts";
import type { Call } from "../../../http/call.ts";
import type { Content, Kind } from "../../../links/link.ts";
import {
  type FileField,
  fileFieldOf,
  kindWithFile,
  type LinkField,
  type RawFields,
  type StoredKind,
  sourceOf,
  textFieldOf,
} from "../../../links/link-input.ts";
import { decodeText } from "../../../pages/decode-text.ts";
import { isRefusal } from "../../../pages/pages.ts";
import { invalid } from "../../../problem.ts";
import { renderOptions } from "../../open/open-document.ts";
import { cameIn, type SentForm } from "./sent-form.ts";
import { changedText, nameForText } from "./typed-text.ts";

/** What a link is to become, as far as its bytes are concerned. */
interface Wanted {
  readonly kind: Kind;
  readonly fields: RawFields;
  /** What a text is called that comes without a name. */
  readonly title: string;
  readonly owner: BlobOwner;
  /** What the link hands out so far. */
  readonly stored: Content | null;
}

/** Bytes for a link, and the kind it is with them. Disposed of, it leaves nothing that no link was made of. */
interface Brought extends AsyncDisposable {
  readonly kind: Kind;
  /** Null: none came, or the same as before. */
  readonly file: ReceivedFile | null;
}

/**
 * The file or the text that a form brings for a link. A document is made once before it is taken: what cannot be
 * shown is not saved.
 * @throws Problem `invalid` on its field; `busy`, `storage_full`
 */
export async function bringBytes(call: Call, sent: SentForm, wanted: Wanted): Promise<Brought> {
  const { kind, fields } = wanted;
  if (kind === "redirect") return brought(kind, null);
  switch (sourceOf(kind, fields, cameIn(sent))) {
    case "file":
      return await bringFile(call, sent, kind);
    case "text":
      return brought(kind, await bringText(call, fields[textFieldOf[kind]] ?? "", kind, wanted));
    case null:
      return brought(kind, null);
  }
}

function brought(kind: Kind, file: ReceivedFile | null): Brought {
  return { kind, file, [Symbol.asyncDispose]: async () => await file?.[Symbol.asyncDispose]() };
}

/** The form disposes of its own files. */
async function bringFile(call: Call, { files }: SentForm, kind: StoredKind): Promise<Brought> {
  const field = fileFieldOf[kind];
  const file = files.get(field);
  if (file === undefined) return brought(kind, null);
  requireAllowedName(file.name, call.settings["files.allowed_extensions"], field);
  const made = kindWithFile(kind, file.name);
  if (made === "markdown") await requireShowable(call, decodeText(file.beginning), field);
  return { kind: made, file, [Symbol.asyncDispose]: async () => {} };
}

async function bringText(
  call: Call,
  given: string,
  kind: StoredKind,
  { title, owner, stored }: Wanted,
): Promise<ReceivedFile | null> {
  const text = await changedText(call, given, stored);
  if (text === null) return null;
  const field = textFieldOf[kind];
  const name = stored?.name ?? nameForText(kind, title);
  requireAllowedName(name, call.settings["files.allowed_extensions"], field);
  if (kind === "markdown") await requireShowable(call, text, field);
  const bytes = inOneChunk(text);
  const file = call.app.blobs.receive(owner, { name, bytes }, maxFileBytes(call.settings));
  return await file.catch((thrown) => refuseOn(field, thrown));
}

/** @throws Problem `invalid` on `field` for a document that cannot be made; `busy` */
async function requireShowable(
  { app, settings }: Call,
  text: string,
  field: FileField | LinkField,
): Promise<void> {
  const made = app.pages.renderText(text, renderOptions(settings));
  await made.catch((thrown) => refuseOn(field, thrown));
}

function refuseOn(field: string, thrown: unknown): never {
  if (isRefusal(thrown)) throw invalid(field, thrown.message);
  throw thrown;
}
