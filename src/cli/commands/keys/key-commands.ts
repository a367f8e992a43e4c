import { kinds } from "../../../links/link.ts";
import { scopeNames } from "../../../policy.ts";
import { Problem } from "../../../problem.ts";
import { formatAlternatives, formatList } from "../../../text/format.ts";
import type { Client } from "../../client/client.ts";
import type { KeyJson } from "../../client/client-operations.ts";
import { everyItem } from "../../client/every-item.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { type Column, formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { text } from "./text.en.ts";

export const addKey: Command = {
  synopsis: "key add NAME [OPTIONS]",
  summary: () => text.addSummary,
  words: [1, 1],
  needsPerson: true,
  examples: ["trunk8 key add scripts --user admin --scopes links:read,links:create --expires 52w"],
  options: {
    user: { value: "USER", doc: () => text.addUser },
    scopes: { value: "SCOPES", doc: () => text.scopes(formatList(scopeNames)) },
    kinds: { value: "TYPES", doc: () => text.kinds(formatAlternatives(kinds)) },
    expires: { value: "WHEN", doc: () => text.expires },
  },
  run: async (invocation) => (await import("./add-key.ts")).addKeyHere(invocation),
};

export const listKeys: Command = {
  synopsis: "key ls [--user USER] [--json]",
  summary: () => text.listSummary,
  words: [0, 0],
  examples: ["trunk8 key ls"],
  options: {
    user: { value: "USER", doc: () => text.listUser },
    json: { doc: () => text.json },
  },
  isRemote: true,
  run: (invocation) => withClient(invocation, (client) => list(client, invocation)),
};

export const revokeKey: Command = {
  synopsis: "key revoke KEY [--user USER]",
  summary: () => text.revokeSummary,
  words: [1, 1],
  examples: ["trunk8 key revoke t8Xk29ab"],
  options: {
    user: { value: "USER", doc: () => text.listUser },
    json: { doc: () => text.revokedJson },
  },
  isRemote: true,
  run: (invocation) => withClient(invocation, (client) => revoke(client, invocation)),
};

async function list(client: Client, { option, has }: Invocation): Promise<void> {
  const keys = await findKeys(client, option("user"));
  if (has("json")) return printResult(JSON.stringify(keys.map(describe), null, 2));
  if (keys.length === 0) return printNote(text.empty);
  const { heads } = text;
  const columns: Column[] = [
    { head: heads.key },
    { head: heads.user },
    { head: heads.name },
    { head: heads.status, style: (cell) => (cell === text.statuses.active ? "green" : "dim") },
    { head: heads.used, isOptional: true },
    { head: heads.scopes },
  ];
  const rows = keys.map((key) => [
    key.beginning,
    key.owner,
    key.name,
    text.statuses[key.status],
    key.last_used?.at ?? text.never,
    key.scopes.join(" "),
  ]);
  printResult(formatTable(columns, rows, screenWidth()));
}

/** On this machine: of all accounts. At a site: those of the caller, unless an account is named. */
async function findKeys(client: Client, username: string | undefined): Promise<KeyJson[]> {
  const ownOnly = client.site !== null && username === undefined;
  const all = ownOnly ? undefined : "true";
  const keys = everyItem((after) => client.call("listKeys", { query: { all, after } }));
  const found = await Array.fromAsync(keys);
  return username === undefined ? found : found.filter(({ owner }) => owner === username);
}

function describe(key: KeyJson) {
  return {
    key: key.beginning,
    user: key.owner,
    name: key.name,
    scopes: key.scopes,
    kinds: key.kinds,
    created_at: key.created_at,
    expires_at: key.expires_at,
    revoked_at: key.revoked_at,
    last_use: key.last_used,
  };
}

async function revoke(client: Client, { positionals, option, has }: Invocation): Promise<void> {
  // A whole key is pasted, too.
  const beginning = (positionals[0] ?? "").slice(0, 8);
  const keys = await findKeys(client, option("user"));
  const found = keys.filter((key) => key.beginning === beginning && key.status !== "revoked");
  const [key] = found;
  if (key === undefined) throw new Problem("not_found", text.notFound(beginning));
  if (found.length > 1) throw new Problem("conflict", text.several(beginning));
  await client.call("revokeKey", { params: { id: String(key.id) } });
  const revoked = { key: key.beginning, name: key.name };
  printResult(has("json") ? JSON.stringify(revoked) : text.revoked(key.beginning, key.name));
}
