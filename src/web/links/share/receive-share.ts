import { maxFileBytes } from "../../../config/values/sizes.ts";
import { requireAllowedName } from "../../../files/file-name.ts";
import { fileTooLarge } from "../../../files/receive.ts";
import type { Call } from "../../../http/call.ts";
import { CountedUpload } from "../../../http/content/counted-upload.ts";
import type { Form } from "../../../http/request/form.ts";
import { readUpload, type Upload } from "../../../http/request/multipart.ts";
import { seeOther } from "../../../http/response/response.ts";
import { href, withQuery } from "../../../http/urls.ts";
import { Problem } from "../../../problem.ts";
import { goTo } from "../../go-to.ts";
import { signedIn } from "../../signed-in.ts";
import { text } from "../text.en.ts";
import { HeldFile } from "./held-file.ts";
import { SHARED_TEXT } from "./shared-values.ts";

/** The field of the manifest's share target with the files. */
export const SHARED_FILES = "files";

/** Most files that are shared at once. */
const MOST_FILES = 100;

/** Longest address of the form; a text that makes it longer becomes a file. */
const MOST_PATH = 8000;

/**
 * `POST /-/share`: what an app of a phone or computer shares, as the manifest says. Its files wait, as uploads
 * that expire, for the form that opens; nothing else is created.
 * @throws Problem `too_large`, `over_quota`, `storage_full`, `too_many`, and what reading a form throws
 */
export async function receiveShare(call: Call): Promise<Response> {
  if (call.user === null) return await askToSignIn(call);
  using upload = new CountedUpload(call);
  await using sent = await readShare(call, upload);
  const files = [...(sent.lists.get(SHARED_FILES) ?? [])];
  let path = pathOfForm(sent.form, files);
  if (path.length > MOST_PATH) {
    const { owner, title } = { owner: signedIn(call).user, title: sent.form.text("title") };
    const bytes = Buffer.from(sent.form.text(SHARED_TEXT));
    const name = `${title.slice(0, 50) || text.share.textName}.txt`;
    files.push(await HeldFile.receive(call, owner, { name, bytes: oneChunk(bytes) }));
    path = pathOfForm(sent.form, files, true);
  }
  for (const file of files) file.keep();
  return seeOther(path, { call });
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function readShare(call: Call, upload: CountedUpload): Promise<Upload<HeldFile>> {
  const { app, settings } = call;
  const owner = signedIn(call).user;
  const room = app.files.blobs.roomFor(owner);
  const [most, left] = [maxFileBytes(settings), await room.left()];
  let count = 0;
  return await readUpload(call, {
    fileFields: [],
    listFields: [SHARED_FILES],
    maxFileBytes: Math.min(most, left),
    tooLarge: () => (left < most ? room.refusal : fileTooLarge(most)),
    onDisk: () => upload.begin(),
    receive: async ({ name, bytes }) => {
      if (++count > MOST_FILES) throw new Problem("too_large", text.share.tooMany(MOST_FILES));
      upload.begin();
      requireAllowedName(name, settings["files.allowed_extensions"], SHARED_FILES);
      return await HeldFile.receive(call, owner, { name, bytes });
    },
  });
}

/** The form that becomes a link of it: an address or a text as before there were files, one file, or a collection. */
function pathOfForm(form: Form, files: readonly HeldFile[], isWithoutText = false): string {
  const [title, shared] = [form.text("title"), isWithoutText ? "" : form.text(SHARED_TEXT)];
  const [first, ...others] = files;
  if (first === undefined)
    return withQuery(href("add"), { title, [SHARED_TEXT]: shared, url: form.text("url") });
  const note = [shared, form.text("url")].filter((each) => each !== "").join("\n") || null;
  const about = { title: title || null, note };
  if (others.length === 0)
    return withQuery(href("add"), { link_type: "file", upload: first.id, ...about });
  const uploads = files.map(({ id }) => id).join(" ");
  return withQuery(href("add"), { link_type: "collection", uploads, ...about });
}

/** Most bytes that are read of a visitor's share. */
const VISITORS_BYTES = 65_536;

/** An address or a text is kept by the address of the form; files have no owner to be kept for. */
async function askToSignIn(call: Call): Promise<Response> {
  const length = Number(call.request.headers.get("content-length") ?? Infinity);
  if (length <= VISITORS_BYTES) {
    await using sent = await readUpload(call, {
      fileFields: [],
      listFields: [SHARED_FILES],
      maxFileBytes: VISITORS_BYTES,
      receive: async ({ bytes }) => {
        for await (const _ of bytes);
        return { [Symbol.asyncDispose]: async () => {} };
      },
    });
    const path = pathOfForm(sent.form, []);
    if (sent.lists.size === 0 && path.length <= MOST_PATH) return seeOther(path, { call });
  }
  const path = withQuery(href("signIn"), { next: href("add") });
  return goTo(call, path, { code: "share_again" });
}
