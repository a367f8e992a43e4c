import type { User } from "../../../../accounts/user.ts";
import type { App } from "../../../../app.ts";
import { isSite, unpackSite } from "../../../../archive/site/new-site.ts";
import { maxFileBytes } from "../../../../config/values/sizes.ts";
import type { ReceivedFile } from "../../../../files/blobs.ts";
import { cleanFileName, requireAllowedName } from "../../../../files/file-name.ts";
import { href } from "../../../../http/urls.ts";
import { inputContext, type NewLink, parseNewLink } from "../../../../links/input/link-schema.ts";
import { type ContentKind, kindWithFile } from "../../../../links/link.ts";
import { requireText } from "../../../../links/text-content.ts";
import { keysFromJson } from "../../../../parse-input.ts";
import { operator } from "../../../../policy.ts";
import { type Invocation, printNote } from "../../../command.ts";
import type { GivenFile } from "../../../given-file.ts";
import { siteOrigin } from "../../../site-origin.ts";
import { withApp } from "../../../with-app.ts";
import { text } from "../../text.en.ts";
import { ownerOf } from "../link-owner.ts";
import { type Chosen, fieldsOf, noteAssumedOrigin, printLink } from "./add-url.ts";

/** Creates the link of a file on this machine, whose bytes are read once, into the data folder. */
export async function addFileHere(
  invocation: Invocation,
  given: GivenFile,
  chosen: Chosen,
): Promise<void> {
  await withApp(invocation, async (app) => {
    const { current } = app.live;
    const origin = siteOrigin(current);
    noteAssumedOrigin({ assumedOrigin: current["server.public_url"] === "" ? origin : null });
    const owner = await ownerOf(app, invocation);
    const input = parseOptions(app, invocation, chosen);
    await app.links.circles.refuseNew(input, [siteOrigin(current)]);
    await using file = await receiveFile(app, owner, given);
    const kind = kindWithFile(input.kind, file.name);
    const sent = { file, kind: input.kind as ContentKind, field: "content" };
    await using site = isSite(sent) ? await unpackSite({ app, settings: current }, sent) : null;
    if (site === null) requireText(kind, file.head, "content");
    const creation = { ownerId: owner.id, files: site?.files ?? [] };
    const content = site?.file ?? file;
    const link = await app.links.create(operator, creation, { ...input, kind }, content);
    if (kind !== input.kind) printNote(text.links.add.becameWebPage);
    const { shortCode } = link;
    const url = origin + href("open", { shortCode });
    printLink(invocation, { short_code: shortCode, url });
  });
}

function parseOptions(app: App, invocation: Invocation, chosen: Chosen): NewLink {
  const context = inputContext(app, [siteOrigin(app.live.current)]);
  const fields = keysFromJson(fieldsOf(invocation, chosen));
  return parseNewLink(fields, context, { hasContent: true });
}

/** By the rules that hold for uploads. */
async function receiveFile(
  { files: { blobs }, live: { current: settings } }: App,
  owner: User,
  { name, bytes }: GivenFile,
): Promise<ReceivedFile> {
  requireAllowedName(cleanFileName(name), settings["files.allowed_extensions"], "content");
  return await blobs.receive(owner, { name, bytes }, maxFileBytes(settings));
}
