import type { User } from "../../../accounts/user.ts";
import type { App } from "../../../app.ts";
import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { ReceivedFile } from "../../../files/blobs.ts";
import { cleanFileName, requireAllowedName } from "../../../files/file-name.ts";
import { href } from "../../../http/urls.ts";
import { parseNewLinkJson } from "../../../links/input/link-json.ts";
import {
  inputContext,
  type NewLink,
  type NewLinkInput,
  parseNewLink,
} from "../../../links/input/link-schema.ts";
import { hasContent, type Kind, kinds, kindWithFile, nameForText } from "../../../links/link.ts";
import { splitTags } from "../../../links/tags/tag-names.ts";
import { requireText } from "../../../links/text-content.ts";
import { operator } from "../../../policy.ts";
import { Problem } from "../../../problem.ts";
import { formatAlternatives } from "../../../text/format.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printResult,
  usageProblem,
} from "../../command.ts";
import { findGivenFile, type GivenFile, STANDARD_INPUT } from "../../given-file.ts";
import { isNoteOnScreen } from "../../screen.ts";
import { siteOrigin } from "../../site-origin.ts";
import { withApp } from "../../with-app.ts";
import { text } from "../text.en.ts";

import { ownerOf } from "./link-owner.ts";

export const add: Command = {
  synopsis: "add URL|FILE [OPTIONS]",
  summary: () => text.links.add.summary,
  words: [1, 1],
  options: {
    code: { value: "CODE", doc: () => text.links.add.code },
    kind: { value: "KIND", doc: () => text.links.add.kind(formatAlternatives(kinds)) },
    name: { value: "NAME", doc: () => text.links.add.name },
    inline: { doc: () => text.links.add.inline },
    download: { doc: () => text.links.add.download },
    expires: { value: "WHEN", doc: () => text.links.add.expires },
    starts: { value: "WHEN", doc: () => text.links.add.starts },
    fallback: { value: "URL", doc: () => text.links.add.fallback },
    "visit-limit": { value: "COUNT", doc: () => text.links.add.visitLimit },
    "password-file": { value: "FILE", doc: () => text.links.add.passwordFile },
    "password-stdin": { doc: () => text.links.add.passwordStdin },
    "forward-query": { doc: () => text.links.add.forwardQuery },
    title: { value: "TEXT", doc: () => text.links.add.title },
    tag: { value: "NAMES", doc: () => text.links.add.tag },
    user: { value: "NAME", doc: () => text.links.add.user },
    json: { doc: () => text.links.add.json },
  },
  run: (invocation) => (readsJson(invocation) ? addFromJson(invocation) : addOne(invocation)),
};

async function addOne(invocation: Invocation): Promise<void> {
  const given = await findGivenFile(invocation);
  await withApp(invocation, async (app) => {
    noteAssumedOrigin(app);
    const owner = await ownerOf(app, invocation);
    const password = await readPassword(invocation);
    const input = parseOptions(app, invocation, { isFile: given !== null, password });
    await using file = given && (await receiveFile(app, owner, given));
    const kind = file === null ? input.kind : kindWithFile(input.kind, file.name);
    if (file !== null) requireText(kind, file.head, "content");
    const result = await create(app, owner, { ...input, kind }, file);
    if (kind !== input.kind) printNote(text.links.add.becameWebPage);
    printResult(invocation.has("json") ? JSON.stringify(result) : result.url);
  });
}

/** A line from a file or from standard input; null: none. */
async function readPassword({ option, has, positionals }: Invocation): Promise<string | null> {
  const path = option("password-file");
  if (has("password-stdin") && (path !== undefined || positionals[0] === STANDARD_INPUT))
    throw usageProblem(text.links.add.onePassword);
  if (!has("password-stdin") && path === undefined) return null;
  const given = await (path === undefined ? Bun.stdin : Bun.file(path)).text();
  return given.replace(/\r?\n$/, "");
}

interface Given {
  readonly isFile: boolean;
  readonly password: string | null;
}

function parseOptions(app: App, invocation: Invocation, { isFile, password }: Given): NewLink {
  const { positionals, option } = invocation;
  const limit = option("visit-limit");
  const input: NewLinkInput = {
    shortCode: option("code") || null,
    // The schema refuses what is no kind.
    kind: (option("kind") as Kind | undefined) ?? undefined,
    target: isFile ? null : (positionals[0] ?? null),
    expiresAt: option("expires") || null,
    startsAt: option("starts") || null,
    fallbackUrl: option("fallback") || null,
    forwardQuery: invocation.has("forward-query") ? true : null,
    visitLimit: limit === undefined ? null : Number(limit),
    password,
    title: option("title") ?? null,
    tags: splitTags(option("tag") ?? ""),
    inline: opensInBrowser(invocation),
  };
  const context = inputContext(app, [siteOrigin(app.live.current)]);
  return parseNewLink(input, context, { hasContent: isFile });
}

/** The server's environment may say what this command's does not. */
function noteAssumedOrigin({ live: { current } }: App): void {
  if (isNoteOnScreen() && current["server.public_url"] === "")
    printNote(text.links.add.assumedUrl(siteOrigin(current)));
}

/** Null: as the site's settings say. */
function opensInBrowser({ has }: Invocation): boolean | null {
  if (has("inline") && has("download")) throw usageProblem(text.links.add.inlineOrDownload);
  if (has("download")) return false;
  return has("inline") ? true : null;
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

async function create(app: App, owner: User, input: NewLink, file: ReceivedFile | null) {
  await app.links.circles.refuseNew(input, [siteOrigin(app.live.current)]);
  const { shortCode } = await app.links.create(operator, { ownerId: owner.id }, input, file);
  const url = siteOrigin(app.live.current) + href("open", { shortCode });
  return { short_code: shortCode, shortCode, url };
}

/** A file from standard input has a name. */
function readsJson({ positionals, option, has }: Invocation): boolean {
  const isFile = option("name") !== undefined || option("kind") !== undefined;
  return positionals[0] === STANDARD_INPUT && has("json") && !isFile;
}

/** Whether an option says what belongs into the JSON. */
function isChosenBesideJson({ option, has }: Invocation): boolean {
  const { user: _user, json: _json, ...others } = add.options;
  return Object.keys(others).some((name) => has(name) || option(name) !== undefined);
}

/** Creates links one by one, and prints each result on a line. */
async function addFromJson(invocation: Invocation): Promise<void> {
  if (isChosenBesideJson(invocation)) throw usageProblem(text.links.add.optionsBesideJson);
  const bodies = parseJson(await Bun.stdin.text());
  await withApp(invocation, async (app) => {
    noteAssumedOrigin(app);
    const owner = await ownerOf(app, invocation);
    for (const [at, body] of bodies.entries()) {
      const result = await createFromJson(app, owner, body).catch((thrown) => {
        if (!(thrown instanceof Problem)) throw thrown;
        const faults = describeFaults(thrown);
        const message = bodies.length === 1 ? faults : text.links.add.entry(at + 1, faults);
        throw new Problem(thrown.code, message, { cause: thrown });
      });
      printResult(JSON.stringify(result));
    }
  });
}

/** Names each field of the JSON that was refused. */
function describeFaults({ message, fields }: Problem): string {
  const faults = Object.entries(fields).map(([name, fault]) => text.links.add.field(name, fault));
  return faults.length === 0 ? message : faults.join(" ");
}

/** One object, an array of objects, or an object on each line. */
function parseJson(given: string): unknown[] {
  try {
    const whole: unknown = JSON.parse(given);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    const lines = given.split("\n").filter((line) => line.trim() !== "");
    return lines.map(parseLine);
  }
}

function parseLine(line: string, at: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Problem("bad_request", text.links.add.notJson(at + 1), { cause });
  }
}

async function createFromJson(app: App, owner: User, body: unknown) {
  const context = inputContext(app, [siteOrigin(app.live.current)]);
  const { input, content } = parseNewLinkJson(body, context);
  const { kind, title, shortCode } = input;
  if (content === null || !hasContent(kind)) return await create(app, owner, input, null);
  const name = nameForText(kind, title || (shortCode ?? ""));
  await using file = await receiveFile(app, owner, { name, bytes: new Blob([content]).stream() });
  return await create(app, owner, input, file);
}
