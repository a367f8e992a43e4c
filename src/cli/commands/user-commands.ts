import type { AccountPage, AccountSummary } from "../../accounts/user-admin.ts";
import type { App } from "../../app.ts";
import { operator } from "../../policy.ts";
import { formatBytes, formatCount } from "../../text/format.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import { type Command, type Invocation, printResult } from "../command.ts";
import { type Column, formatTable } from "../format-table.ts";
import { readPassword } from "../read-password.ts";
import { isOnScreen, screenWidth } from "../screen.ts";
import { withApp } from "../with-app.ts";
import { text } from "./text.en.ts";

/** Accounts read at a time. */
const PAGE = 1000;

export const addUser: Command = {
  synopsis: "user add NAME [OPTIONS]",
  summary: () => text.users.add,
  words: [1, 1],
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
  options: {
    search: { value: "TEXT", doc: () => text.users.search },
    json: { doc: () => text.users.listJson },
  },
  run: (invocation) => withApp(invocation, (app) => list(app, invocation)),
};

export const passwd: Command = {
  synopsis: "user passwd NAME [--one-time]",
  summary: () => text.users.passwd,
  words: [1, 1],
  options: { "one-time": { doc: () => text.users.oneTime } },
  run: (invocation) => setPassword(invocation),
};

export const disable: Command = {
  synopsis: "user disable NAME",
  summary: () => text.users.disable,
  words: [1, 1],
  options: {},
  run: (invocation) => setDisabled(invocation, true),
};

export const enable: Command = {
  synopsis: "user enable NAME",
  summary: () => text.users.enable,
  words: [1, 1],
  options: {},
  run: (invocation) => setDisabled(invocation, false),
};

async function add(invocation: Invocation): Promise<void> {
  const [username = ""] = invocation.positionals;
  const isOneTime = invocation.has("one-time");
  const typed = isOneTime ? null : await readPassword();
  await withApp(invocation, async ({ accounts: { users } }) => {
    const password = typed ?? users.generatePassword();
    const displayName = invocation.option("display-name") ?? null;
    const role = invocation.has("admin") ? "administrator" : "user";
    const input = { username, password, displayName, role, mustChangePassword: isOneTime } as const;
    await users.create(operator, input);
    printCreated({ username, role, ...(isOneTime && { password }) }, invocation);
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

async function list(app: App, invocation: Invocation): Promise<void> {
  const accounts = await findAll(app, invocation.option("search") ?? "");
  const json = () => JSON.stringify(accounts.map(describe), null, 2);
  const lines = () => (isOnScreen() ? tableOf(accounts) : accounts.map(lineOf).join("\n"));
  printResult(invocation.has("json") ? json() : lines());
}

/** For people. */
function tableOf(accounts: readonly AccountSummary[]): string {
  const { username, role, links, size, name } = text.users.heads;
  const columns: Column[] = [
    { head: username },
    { head: role },
    { head: links, align: "right" },
    { head: size, align: "right" },
    { head: name },
  ];
  const rows = accounts.map((account) => [
    account.username,
    describeRole(account),
    formatCount(account.links),
    formatBytes(account.bytes),
    account.displayName,
  ]);
  return formatTable(columns, rows, screenWidth());
}

function describeRole({ disabled, role }: AccountSummary): string {
  return disabled ? text.users.disabled : text.users.role[role];
}

async function findAll(app: App, searched: string): Promise<AccountSummary[]> {
  const found: AccountSummary[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const query = { text: searched, page, limit: PAGE };
    const part: AccountPage = await app.accounts.admin.list(operator, query);
    found.push(...part.accounts);
    pages = part.pages;
  }
  return found;
}

function describe({ id: _, createdAt, lastSeenAt, ...account }: AccountSummary) {
  return {
    ...account,
    createdAt: new Date(createdAt).toISOString(),
    lastSeenAt: rfc3339(lastSeenAt),
  };
}

/** For scripts: its columns do not change. */
function lineOf(account: AccountSummary): string {
  const { username, displayName, links, bytes } = account;
  const columns = [
    username.padEnd(20),
    describeRole(account).padEnd(13),
    text.users.links(String(links).padEnd(7)),
    formatBytes(bytes).padStart(10),
  ];
  return `${columns.join(" ")}  ${displayName}`;
}

async function setPassword(invocation: Invocation): Promise<void> {
  const [username = ""] = invocation.positionals;
  if (!invocation.has("one-time")) return await setTyped(invocation, username);
  await withApp(invocation, async ({ accounts: { users } }) => {
    const password = await users.createOneTimePassword(operator, username);
    printResult(text.users.oneTimePassword(password));
  });
}

async function setTyped(invocation: Invocation, username: string): Promise<void> {
  const password = await readPassword();
  await withApp(invocation, ({ accounts }) =>
    accounts.users.setPassword(operator, username, password),
  );
  printResult(text.users.passwordSet(username));
}

async function setDisabled(invocation: Invocation, disabled: boolean): Promise<void> {
  const [username = ""] = invocation.positionals;
  await withApp(invocation, async ({ accounts: { admin: userAdmin } }) => {
    const { id } = await userAdmin.get(operator, username);
    await userAdmin.change(operator, id, { disabled });
  });
  printResult(disabled ? text.users.disabledNow(username) : text.users.enabledNow(username));
}
