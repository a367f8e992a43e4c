import type { User } from "../../../../accounts/user.ts";
import type { App } from "../../../../app.ts";
import { maxFileBytes } from "../../../../config/values/sizes.ts";
import type { ReceivedFile } from "../../../../files/blobs.ts";
import { cleanFileName, requireAllowedName } from "../../../../files/file-name.ts";
import { href } from "../../../../http/urls.ts";
import {
  inputContext,
  type NewLink,
  type NewLinkInput,
  parseNewLink,
} from "../../../../links/input/link-schema.ts";
import { type Kind, kindWithFile } from "../../../../links/link.ts";
import { splitTags } from "../../../../links/tags/tag-names.ts";
import { requireText } from "../../../../links/text-content.ts";
import { operator } from "../../../../policy.ts";
import { type Invocation, printNote } from "../../../command.ts";
import type { GivenFile } from "../../../given-file.ts";
import { siteOrigin } from "../../../site-origin.ts";
import { withApp } from "../../../with-app.ts";
import { text } from "../../text.en.ts";
import { redirectStatusIn, splitCodes } from "../link-options.ts";
import { ownerOf } from "../link-owner.ts";
import { type Chosen, noteAssumedOrigin, printLink } from "./add-url.ts";

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
    await using file = await receiveFile(app, owner, given);
    const kind = kindWithFile(input.kind, file.name);
    requireText(kind, file.head, "content");
    const creation = { ownerId: owner.id };
    const link = await app.links.create(operator, creation, { ...input, kind }, file);
    if (kind !== input.kind) printNote(text.links.add.becameWebPage);
    const { shortCode } = link;
    const url = origin + href("open", { shortCode });
    printLink(invocation, { short_code: shortCode, url });
  });
}

function parseOptions(app: App, invocation: Invocation, { inline, password }: Chosen): NewLink {
  const { option } = invocation;
  const limit = option("visit-limit");
  const input: NewLinkInput = {
    shortCode: option("code") || null,
    // The schema refuses what is no kind.
    kind: (option("kind") as Kind | undefined) ?? undefined,
    target: null,
    expiresAt: option("expires") || null,
    startsAt: option("starts") || null,
    fallbackUrl: option("fallback") || null,
    forwardQuery: invocation.has("forward-query") ? true : null,
    visitLimit: limit === undefined ? null : Number(limit),
    password,
    title: option("title") ?? null,
    note: option("note") ?? null,
    tags: splitTags(option("tag") ?? ""),
    aliases: splitCodes(option("alias") ?? ""),
    redirectStatus: redirectStatusIn(invocation) ?? null,
    inline,
  };
  const context = inputContext(app, [siteOrigin(app.live.current)]);
  return parseNewLink(input, context, { hasContent: true });
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
