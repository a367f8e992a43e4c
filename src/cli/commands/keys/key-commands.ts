import { statusOfKey } from "../../../accounts/keys/api-key.ts";
import type { NewKeyInput } from "../../../accounts/keys/key-schema.ts";
import type { OwnedKey } from "../../../accounts/keys/keys.ts";
import type { App } from "../../../app.ts";
import { effectiveZone } from "../../../config/values/time-zone.ts";
import { parseExpiry } from "../../../links/expiry.ts";
import { kinds } from "../../../links/link.ts";
import { operator, scopeNames } from "../../../policy.ts";
import { Problem } from "../../../problem.ts";
import { formatAlternatives, formatList } from "../../../text/format.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printResult,
  usageProblem,
} from "../../command.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { withApp } from "../../with-app.ts";
import { findOwner } from "../links/link-owner.ts";
import { text } from "./text.en.ts";

export const addKey: Command = {
  synopsis: "key add NAME --user USER --scopes SCOPES [OPTIONS]",
  summary: () => text.addSummary,
  words: [1, 1],
  options: {
    user: { value: "USER", doc: () => text.addUser },
    scopes: { value: "SCOPES", doc: () => text.scopes(formatList(scopeNames)) },
    kinds: { value: "TYPES", doc: () => text.kinds(formatAlternatives(kinds)) },
    expires: { value: "WHEN", doc: () => text.expires },
  },
  run: (invocation) => add(invocation),
};

export const listKeys: Command = {
  synopsis: "key ls [--user USER] [--json]",
  summary: () => text.listSummary,
  words: [0, 0],
  options: {
    user: { value: "USER", doc: () => text.listUser },
    json: { doc: () => text.json },
  },
  run: (invocation) => withApp(invocation, (app) => list(app, invocation)),
};

export const revokeKey: Command = {
  synopsis: "key revoke KEY",
  summary: () => text.revokeSummary,
  words: [1, 1],
  options: {},
  run: (invocation) => withApp(invocation, (app) => revoke(app, invocation)),
};

/** Standard output has the key alone, so that it can be read into a variable or a file. */
async function add(invocation: Invocation): Promise<void> {
  const { positionals, option } = invocation;
  const username = option("user");
  const scopes = option("scopes");
  if (username === undefined) throw usageProblem(text.userMissing);
  if (scopes === undefined) throw usageProblem(text.scopesMissing);
  await withApp(invocation, async (app) => {
    const owner = await findOwner(app, username);
    const [name = ""] = positionals;
    const some = option("kinds");
    const input = {
      name,
      scopes: namesIn(scopes),
      ...(some !== undefined && { kinds: namesIn(some) }),
      expiresAt: expiryOf(app, option("expires")),
    };
    // Its schema checks the names.
    const { secret } = await app.accounts.keys.create(operator, owner, input as NewKeyInput);
    printNote(text.created(name, owner.username));
    printResult(secret);
  });
}

function expiryOf({ clock, live }: App, given: string | undefined): number | null {
  if (given === undefined) return null;
  return parseExpiry(given, "expires", { now: clock(), zone: effectiveZone(live.current) });
}

function namesIn(list: string): string[] {
  return list.split(/[\s,]+/).filter((name) => name !== "");
}

async function list(app: App, { option, has }: Invocation): Promise<void> {
  const username = option("user");
  const keys = await findKeys(app, username);
  if (has("json")) return printResult(JSON.stringify(keys.map(describe), null, 2));
  if (keys.length === 0) return printNote(text.empty);
  const { heads } = text;
  const columns = [heads.key, heads.user, heads.name, heads.status, heads.used, heads.scopes];
  const rows = keys.map((key) => [
    key.beginning,
    key.username,
    key.name,
    text.statuses[statusOfKey(key, app.clock())],
    key.lastUse === null ? text.never : new Date(key.lastUse.at).toISOString(),
    key.scopes.join(" "),
  ]);
  printResult(
    formatTable(
      columns.map((head) => ({ head })),
      rows,
      screenWidth(),
    ),
  );
}

async function findKeys(app: App, username: string | undefined): Promise<OwnedKey[]> {
  const { keys } = app.accounts;
  if (username === undefined) return await Array.fromAsync(everyKey(app));
  const owner = await findOwner(app, username);
  const own = await keys.list(operator, owner.id);
  return own.map((key) => ({ ...key, username: owner.username }));
}

async function* everyKey({ accounts }: App): AsyncGenerator<OwnedKey> {
  let after: number | undefined;
  do {
    const { keys, next }: Awaited<ReturnType<typeof accounts.keys.listAll>> =
      await accounts.keys.listAll(operator, after);
    yield* keys;
    after = next ?? undefined;
  } while (after !== undefined);
}

function describe({ id: _, userId: __, ...key }: OwnedKey) {
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  return {
    key: key.beginning,
    user: key.username,
    name: key.name,
    scopes: key.scopes,
    kinds: key.kinds,
    created_at: iso(key.createdAt),
    expires_at: iso(key.expiresAt),
    revoked_at: iso(key.revokedAt),
    last_use: key.lastUse && { ...key.lastUse, at: iso(key.lastUse.at) },
  };
}

async function revoke(app: App, { positionals }: Invocation): Promise<void> {
  // A whole key is pasted, too.
  const beginning = (positionals[0] ?? "").slice(0, 8);
  const all = await Array.fromAsync(everyKey(app));
  const found = all.filter((key) => key.beginning === beginning && key.revokedAt === null);
  const [key] = found;
  if (key === undefined) throw new Problem("not_found", text.notFound(beginning));
  if (found.length > 1) throw new Problem("conflict", text.several(beginning));
  await app.accounts.keys.revoke(operator, key.id);
  printResult(text.revoked(key.beginning, key.name));
}
