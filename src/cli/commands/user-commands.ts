import type { PeoplePage, Person } from "../../accounts/user-admin.ts";
import type { App } from "../../app.ts";
import { operator } from "../../policy.ts";
import { formatBytes } from "../../text/format.ts";
import { type Command, type Invocation, printResult } from "../command.ts";
import { readPassword } from "../read-password.ts";
import { withApp } from "../with-app.ts";

/** People asked for at a time. */
const PAGE = 1000;

export const addUser: Command = {
  synopsis: "user add NAME [OPTIONS]",
  summary: () => "Make an account. Its password is read from standard input.",
  words: [1, 1],
  options: {
    "display-name": { value: "TEXT", doc: () => "the name shown for the person (default: NAME)" },
    admin: { doc: () => "make an administrator" },
    "one-time": {
      doc: () => "make a password, print it, and have it changed at the first sign-in",
    },
    json: { doc: () => "print {username, role}, with a password that was made, as JSON" },
  },
  run: (invocation) => add(invocation),
};

export const listUsers: Command = {
  synopsis: "user list [OPTIONS]",
  summary: () => "List the accounts with what each has.",
  words: [0, 0],
  options: {
    search: { value: "TEXT", doc: () => "only those whose name or display name has it" },
    json: { doc: () => "print an array with everything known of each" },
  },
  run: (invocation) => withApp(invocation, (app) => list(app, invocation)),
};

export const passwd: Command = {
  synopsis: "user passwd NAME [--one-time]",
  summary: () => "Set a user's password, read from standard input. All their sessions end.",
  words: [1, 1],
  options: {
    "one-time": { doc: () => "make a password, print it, and have it changed at the next sign-in" },
  },
  run: (invocation) => setPassword(invocation),
};

export const disable: Command = {
  synopsis: "user disable NAME",
  summary: () => "Keep a user out. All their sessions end; their links stay.",
  words: [1, 1],
  options: {},
  run: (invocation) => setDisabled(invocation, true),
};

export const enable: Command = {
  synopsis: "user enable NAME",
  summary: () => "Let a user in again.",
  words: [1, 1],
  options: {},
  run: (invocation) => setDisabled(invocation, false),
};

async function add(invocation: Invocation): Promise<void> {
  const [username = ""] = invocation.positionals;
  const isOneTime = invocation.has("one-time");
  const typed = isOneTime ? null : await readPassword();
  await withApp(invocation, async ({ users }) => {
    const password = typed ?? users.makePassword();
    const displayName = invocation.option("display-name") ?? "";
    const role = invocation.has("admin") ? "administrator" : "user";
    const asked = { username, password, displayName, role, mustChangePassword: isOneTime } as const;
    await users.create(operator, asked);
    printAdded({ username, role, ...(isOneTime && { password }) }, invocation);
  });
}

function printAdded(
  made: { username: string; role: string; password?: string },
  invocation: Invocation,
): void {
  const { username, password } = made;
  const told = `The account ${username} is made.`;
  const text = password === undefined ? told : `${told}\n${tellOneTime(password)}`;
  printResult(invocation.has("json") ? JSON.stringify(made) : text);
}

function tellOneTime(password: string): string {
  return `The password for the first sign-in: ${password}`;
}

async function list(app: App, invocation: Invocation): Promise<void> {
  const people = await findAll(app, invocation.option("search") ?? "");
  const json = () => JSON.stringify(people.map(describe), null, 2);
  printResult(invocation.has("json") ? json() : people.map(lineOf).join("\n"));
}

async function findAll(app: App, text: string): Promise<Person[]> {
  const found: Person[] = [];
  for (let page = 1, pages = 1; page <= pages; page++) {
    const asked = { text, page, limit: PAGE };
    const part: PeoplePage = await app.people.list(operator, asked);
    found.push(...part.people);
    pages = part.pages;
  }
  return found;
}

function describe({ id: _, createdAt, lastSeenAt, ...person }: Person) {
  return {
    ...person,
    createdAt: new Date(createdAt).toISOString(),
    lastSeenAt: lastSeenAt === null ? null : new Date(lastSeenAt).toISOString(),
  };
}

function lineOf({ username, displayName, role, disabled, links, bytes }: Person): string {
  const standing = disabled ? "disabled" : role;
  const counts = `links ${String(links).padEnd(7)} ${formatBytes(bytes).padStart(10)}`;
  return `${username.padEnd(20)} ${standing.padEnd(13)} ${counts}  ${displayName}`;
}

async function setPassword(invocation: Invocation): Promise<void> {
  const [username = ""] = invocation.positionals;
  const told = invocation.has("one-time")
    ? tellOneTime(
        await withApp(invocation, ({ users }) => users.makeOneTimePassword(operator, username)),
      )
    : await setTyped(invocation, username);
  printResult(told);
}

async function setTyped(invocation: Invocation, username: string): Promise<string> {
  const password = await readPassword();
  await withApp(invocation, ({ users }) => users.setPassword(operator, username, password));
  return `The password of ${username} is set.`;
}

async function setDisabled(invocation: Invocation, disabled: boolean): Promise<void> {
  const [username = ""] = invocation.positionals;
  await withApp(invocation, async ({ people }) => {
    const { id } = await people.get(operator, username);
    await people.change(operator, id, { disabled });
  });
  printResult(`The account ${username} is ${disabled ? "disabled" : "enabled"}.`);
}
