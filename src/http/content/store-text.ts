import { maxFileBytes } from "../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../files/blobs.ts";
import { requireAllowedName } from "../../files/file-name.ts";
import { HEAD_BYTES } from "../../files/media/media-type.ts";
import type { NewLinkFile } from "../../links/files/link-file.ts";
import {
  type Content,
  type ContentKind,
  type Kind,
  kindWithFile,
  type Link,
  nameForText,
} from "../../links/link.ts";
import { requireText } from "../../links/text-content.ts";
import { decodeText } from "../../pages/decode-text.ts";
import { isRefusal } from "../../pages/pages.ts";
import { invalid } from "../../problem.ts";
import type { Call } from "../call.ts";
import { renderOptions, renderTurn } from "../caller/rendering.ts";
import { changedText } from "./stored-text.ts";

/** A link that content is sent for. */
export interface Recipient {
  readonly kind: Kind;
  /** Names a text that was sent without a name. */
  readonly title: string;
  readonly owner: BlobOwner;
  /** The content so far. */
  readonly stored: Content | null;
}

/** Content for a link, and the kind that the link has with it. Disposing of it removes bytes that no link uses. */
export interface NewContent extends AsyncDisposable {
  readonly kind: Kind;
  /** Null: none was sent, or the same as before. */
  readonly file: ReceivedFile | null;
  /** All that an HTML page has beside it; null: what it has. */
  readonly files: readonly NewLinkFile[] | null;
}

/**
 * Stores a text that becomes the content of a link.
 * @throws Problem `invalid` on `field`; `busy`, `storage_full`
 */
export async function storeText(
  call: Call,
  given: string,
  { kind, title, owner, stored }: Recipient & { readonly kind: ContentKind },
  field: string,
): Promise<NewContent> {
  const text = await changedText(call, given, stored);
  if (text === null) return contentOf(kind, null);
  const name = stored?.name ?? nameForText(kind, title);
  requireAllowedName(name, call.settings["files.allowed_extensions"], field);
  if (kind === "markdown") await requireRenderable(call, text, field);
  const bytes = new Blob([text]).stream();
  const received = call.app.files.blobs.receive(
    owner,
    { name, bytes },
    maxFileBytes(call.settings),
  );
  return contentOf(kind, await received.catch((thrown) => refuseOn(field, thrown)));
}

export function contentOf(
  kind: Kind,
  file: ReceivedFile | null,
  files: NewContent["files"] = null,
): NewContent {
  return {
    kind,
    file,
    files,
    [Symbol.asyncDispose]: async () => await file?.[Symbol.asyncDispose](),
  };
}

/**
 * Checks the stored content of a link that becomes another kind and keeps it.
 * @throws Problem `invalid` on `field`
 */
export async function requireKept(
  { app }: Call,
  { kind: before, content }: Pick<Link, "kind" | "content">,
  kind: Kind,
  field: string,
): Promise<void> {
  if (content === null || kind === before) return;
  const bytes = await app.files.blobs.open(content);
  requireText(kind, await bytes.slice(0, HEAD_BYTES).bytes(), field);
}

/** @throws Problem `invalid` on `field` for a document that cannot be rendered; `busy` */
async function requireRenderable(call: Call, text: string, field: string): Promise<void> {
  const { app, settings } = call;
  const turn = renderTurn(call, "save");
  const rendered = app.pages.renderText(text, renderOptions(settings), turn);
  await rendered.catch((thrown) => refuseOn(field, thrown));
}

function refuseOn(field: string, thrown: unknown): never {
  if (isRefusal(thrown)) throw invalid(field, thrown.message);
  throw thrown;
}

/**
 * Checks a file that becomes the content of a link; returns the kind of the link with it. A document is rendered once:
 * one that cannot be shown is not saved.
 * @throws Problem `invalid` on `field`; `busy`
 */
export async function checkFile(
  call: Call,
  file: ReceivedFile,
  kind: ContentKind,
  field: string,
): Promise<ContentKind> {
  requireAllowedName(file.name, call.settings["files.allowed_extensions"], field);
  const kindWithIt = kindWithFile(kind, file.name);
  requireText(kindWithIt, file.head, field);
  if (kindWithIt === "markdown") await requireRenderable(call, decodeText(file.head), field);
  return kindWithIt;
}
