import { generatePassword } from "../../accounts/auth/generate-password.ts";
import { systemRandom } from "../../clock.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import type { Client } from "../client/client.ts";
import type { UserJson } from "../client/client-operations.ts";
import { everyItem } from "../client/every-item.ts";
import { withClient } from "../client/with-client.ts";
import { type Command, type Invocation, printResult } from "../command.ts";
import { type Column, formatTable } from "../format-table.ts";
import { readPassword } from "../read-password.ts";
import { isOnScreen, screenWidth } from "../screen.ts";
import { text } from "./text.en.ts";

/** Accounts read at a time. */
const PAGE = 100;

const json = { doc: () => text.users.changedJson } as const;

export const addUser: Command = {
  synopsis: "user add NAME [OPTIONS]",
  summary: () => text.users.add,
  words: [1, 1],
  examples: ["trunk8 user add alice", "trunk8 user add bob --one-time --json"],
  isRemote: true,
  options: {
    "display-name": { value: "TEXT", doc: () => text.users.displayName },
    admin: { doc: () => text.users.admin },
    "one-time": { doc: () => text.users.oneTime },
    json: { doc: () => text.users.addJson },
  },
  run: (invocation) => add(invocation),
};

export const listUsers: Command = {
  synopsis: "user list [OPTIONS]",
  summary: () => text.users.list,
  words: [0, 0],
  examples: ["trunk8 user list --search ali"],
  isRemote: true,
  options: {
    search: { value: "TEXT", doc: () => text.users.search },
    json: { doc: () => text.users.listJson },
  },
  run: (invocation) => withClient(invocation, (client) => list(client, invocation)),
};

export const disable: Command = {
  synopsis: "user disable NAME",
  summary: () => text.users.disable,
  words: [1, 1],
  examples: ["trunk8 user disable alice"],
  isRemote: true,
  options: { json },
  run: (invocation) => setDisabled(invocation, true),
};

export const enable: Command = {
  synopsis: "user enable NAME",
  summary: () => text.users.enable,
  words: [1, 1],
  examples: ["trunk8 user enable alice"],
  isRemote: true,
  options: { json },
  run: (invocation) => setDisabled(invocation, false),
};

async function add(invocation: Invocation): Promise<void> {
  const [username = ""] = invocation.positionals;
  const isOneTime = invocation.has("one-time");
  const password = isOneTime ? generatePassword(systemRandom) : await readPassword();
  const display_name = invocation.option("display-name");
  const role = invocation.has("admin") ? "administrator" : "user";
  await withClient(invocation, async (client) => {
    const json = { username, password, display_name, role, must_change_password: isOneTime };
    const created = await client.call("createUser", { json });
    const shown = { username: created.username, role, ...(isOneTime && { password }) };
    printCreated(shown, invocation);
  });
}

function printCreated(
  created: { username: string; role: string; password?: string },
  invocation: Invocation,
): void {
  const { username, password } = created;
  const lines = [text.users.created(username)];
  if (password !== undefined) lines.push(text.users.oneTimePassword(password));
  printResult(invocation.has("json") ? JSON.stringify(created) : lines.join("\n"));
}

async function list(client: Client, invocation: Invocation): Promise<void> {
  const q = invocation.option("search");
  const accounts = await Array.fromAsync(
    everyItem((after) => client.call("listUsers", { query: { q, limit: PAGE, after } })),
  );
  const json = () => JSON.stringify(accounts.map(describe), null, 2);
  const lines = () => (isOnScreen() ? tableOf(accounts) : accounts.map(lineOf).join("\n"));
  printResult(invocation.has("json") ? json() : lines());
}

/** For people. */
function tableOf(accounts: readonly UserJson[]): string {
  const { username, role, links, size, name } = text.users.heads;
  const columns: Column[] = [
    { head: username },
    { head: role, style: (cell) => (cell === text.users.disabled ? "dim" : undefined) },
    { head: links, align: "right" },
    { head: size, align: "right", isOptional: true },
    { head: name },
  ];
  const rows = accounts.map((account) => [
    account.username,
    describeRole(account),
    formatCount(account.links),
    formatBytes(account.used_bytes),
    account.display_name,
  ]);
  return formatTable(columns, rows, screenWidth());
}

function describeRole({ disabled, role }: UserJson): string {
  return disabled ? text.users.disabled : text.users.role[role];
}

/** The names of 0.x. */
function describe(account: UserJson) {
  return {
    username: account.username,
    displayName: account.display_name,
    role: account.role,
    disabled: account.disabled,
    mustChangePassword: account.must_change_password,
    createdAt: account.created_at,
    lastSeenAt: account.last_seen_at,
    links: account.links,
    files: account.files,
    bytes: account.used_bytes,
    quota: account.quota,
  };
}

/** For scripts: its columns do not change. */
function lineOf(account: UserJson): string {
  const { username, display_name, links, used_bytes } = account;
  const columns = [
    username.padEnd(20),
    describeRole(account).padEnd(13),
    text.users.links(String(links).padEnd(7)),
    formatBytes(used_bytes).padStart(10),
  ];
  return `${columns.join(" ")}  ${display_name}`;
}

async function setDisabled(invocation: Invocation, disabled: boolean): Promise<void> {
  const [username = ""] = invocation.positionals;
  await withClient(invocation, (client) =>
    client.call("changeUser", { params: { username }, json: { disabled } }),
  );
  if (invocation.has("json")) return printResult(JSON.stringify({ username, disabled }));
  printResult(disabled ? text.users.disabledNow(username) : text.users.enabledNow(username));
}
