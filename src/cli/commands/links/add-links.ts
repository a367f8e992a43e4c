import type { User } from "../../../accounts/user.ts";
import type { App } from "../../../app.ts";
import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { ReceivedFile } from "../../../files/blobs.ts";
import { cleanFileName, requireAllowedName } from "../../../files/file-name.ts";
import { href } from "../../../http/urls.ts";
import type { Wanted } from "../../../links/create/existing-links.ts";
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

import {
  commonOptions,
  opensInBrowser,
  readPassword,
  redirectStatusIn,
  splitCodes,
} from "./link-options.ts";
import { ownerOf } from "./link-owner.ts";
import { text as linkText } from "./text.en.ts";

export const add: Command = {
  synopsis: "add URL|FILE [OPTIONS]",
  summary: () => text.links.add.summary,
  words: [1, 1],
  options: {
    code: { value: "CODE", doc: () => text.links.add.code },
    kind: { value: "KIND", doc: () => text.links.add.kind(formatAlternatives(kinds)) },
    name: { value: "NAME", doc: () => text.links.add.name },
    ...commonOptions,
    "find-if-exists": { doc: () => linkText.findIfExists },
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
    const wanted = wantedIn(invocation);
    const result = await create(app, owner, { ...input, kind }, { file, wanted });
    if (kind !== input.kind) printNote(text.links.add.becameWebPage);
    printResult(invocation.has("json") ? JSON.stringify(result) : result.url);
  });
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
    note: option("note") ?? null,
    tags: splitTags(option("tag") ?? ""),
    aliases: splitCodes(option("alias") ?? ""),
    redirectStatus: redirectStatusIn(invocation) ?? null,
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

/** By the rules that hold for uploads. */
async function receiveFile(
  { files: { blobs }, live: { current: settings } }: App,
  owner: User,
  { name, bytes }: GivenFile,
): Promise<ReceivedFile> {
  requireAllowedName(cleanFileName(name), settings["files.allowed_extensions"], "content");
  return await blobs.receive(owner, { name, bytes }, maxFileBytes(settings));
}

interface Creating {
  readonly file: ReceivedFile | null;
  /** What an existing link must match to be returned instead; null: none may. */
  readonly wanted: readonly Wanted[] | null;
}

async function create(app: App, owner: User, input: NewLink, { file, wanted }: Creating) {
  const creation = { ownerId: owner.id };
  const found = wanted && (await app.links.existing.find(operator, creation, input, wanted));
  const { shortCode } = found ?? (await app.links.create(operator, creation, input, file));
  const url = siteOrigin(app.live.current) + href("open", { shortCode });
  return { short_code: shortCode, shortCode, url };
}

/** The fields that options name, if an existing link that has them is to be found. */
function wantedIn({ has, option }: Invocation): readonly Wanted[] | null {
  if (!has("find-if-exists")) return null;
  const named = Object.entries(fieldsOfOptions).filter(
    ([name]) => has(name) || option(name) !== undefined,
  );
  return named.map(([, field]) => field);
}

const fieldsOfOptions: Readonly<Record<string, Wanted>> = {
  code: "shortCode",
  alias: "aliases",
  title: "title",
  note: "note",
  tag: "tags",
  expires: "expiresAt",
  starts: "startsAt",
  fallback: "fallbackUrl",
  "visit-limit": "visitLimit",
  "password-file": "password",
  "password-stdin": "password",
  "redirect-status": "redirectStatus",
  "forward-query": "forwardQuery",
};

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
  const { input, content, wanted } = parseNewLinkJson(body, context);
  const { kind, title, shortCode } = input;
  if (content === null || !hasContent(kind))
    return await create(app, owner, input, { file: null, wanted });
  const name = nameForText(kind, title || (shortCode ?? ""));
  await using file = await receiveFile(app, owner, { name, bytes: new Blob([content]).stream() });
  return await create(app, owner, input, { file, wanted: null });
}
