import { formatBytes } from "../../../../text/format.ts";
import { findServer } from "../../../client/find-server.ts";
import { multipart } from "../../../client/multipart.ts";
import { RemoteClient } from "../../../client/remote-client.ts";
import { PORTION, sendInPortions } from "../../../client/send-in-portions.ts";
import { type Invocation, printNote } from "../../../command.ts";
import type { GivenFile } from "../../../given-file.ts";
import { showProgress } from "../../../show-progress.ts";
import { text as shared } from "../../text.en.ts";
import { text } from "../text.en.ts";
import { type Chosen, fieldsOf, printLink } from "./add-url.ts";
import { refuseOwner } from "./refuse-owner.ts";

/** Creates the link of a file: its bytes go into the data folder, or to the site while they are read. */
export async function addFile(
  invocation: Invocation,
  given: GivenFile,
  chosen: Chosen,
): Promise<void> {
  const server = findServer(invocation);
  if (server !== null) return await upload(new RemoteClient(server), invocation, given, chosen);
  const { addFileHere } = await import("./add-file-here.ts");
  await addFileHere(invocation, given, chosen);
}

async function upload(
  client: RemoteClient,
  invocation: Invocation,
  given: GivenFile,
  chosen: Chosen,
): Promise<void> {
  refuseOwner(client, invocation);
  const { name, bytes, path, size = 0 } = given;
  const { kind = "file", ...fields } = fieldsOf(invocation, chosen);
  const link = await showProgress(text.uploading(name), async (showDetail) => {
    if (path !== undefined && size > PORTION) {
      const showSent = (sent: number) =>
        showDetail(text.sentOf(formatBytes(sent), formatBytes(size)));
      const upload = await sendInPortions(client, { name, path }, showSent);
      return await client.call("createLink", { json: { upload, kind, ...fields } });
    }
    const counted = counting(bytes, (sent) => showDetail(formatBytes(sent)));
    return await client.call("uploadFile", {
      bytes: multipart({ kind, ...fields }, { name, bytes: counted }),
    });
  });
  if (link.kind !== kind) printNote(shared.links.add.becameWebPage);
  printLink(invocation, link);
}

async function* counting(
  bytes: AsyncIterable<Uint8Array>,
  show: (sent: number) => void,
): AsyncGenerator<Uint8Array> {
  let sent = 0;
  for await (const chunk of bytes) {
    yield chunk;
    sent += chunk.byteLength;
    show(sent);
  }
}
