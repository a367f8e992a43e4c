import type { Page } from "playwright-core";
import type { User } from "../../src/accounts/user.ts";
import { oddZip } from "../archive/zips.ts";
import { MINE } from "./sample.ts";

type Name = "alice" | "bob" | "admin";

/** One page as somebody meets it. */
export interface PageRow {
  readonly name: string;
  readonly path: string;
  /** Default alice, who has links; bob has none yet, and `null` is a stranger. */
  readonly user?: Name | null;
  /** What it answers; default 200. */
  readonly status?: number;
  /** What is done there before it is looked at. */
  readonly act?: (page: Page) => Promise<void>;
}

/** Every page of the site, and every state in which one looks different. */
export const everyPage: readonly PageRow[] = [
  { name: "sign in", path: "/auth/login", user: null },
  {
    name: "sign in, refused",
    path: "/auth/login",
    user: null,
    act: async (page) => {
      await page.getByLabel("Password").fill("not this one");
      await page.getByRole("button", { name: "Sign in" }).click();
    },
  },
  { name: "no such link", path: "/nowhere", user: null, status: 404 },
  { name: "expired link", path: `/${MINE.expired}`, user: null, status: 410 },
  { name: "home", path: "/" },
  { name: "home, new here", path: "/", user: "bob" },
  { name: "home of the administrator", path: "/", user: "admin" },
  { name: "links", path: "/links" },
  { name: "links, new here", path: "/links", user: "bob" },
  { name: "links, nothing found", path: "/links?q=no+such+thing" },
  { name: "links of everybody", path: "/links", user: "admin" },
  { name: "a link", path: `/-/links/${MINE.live}` },
  { name: "an expired link's page", path: `/-/links/${MINE.expired}` },
  { name: "a file's page", path: `/-/links/${MINE.picture}` },
  { name: "a picture", path: `/-/view/${MINE.picture}`, user: null },
  { name: "code", path: `/-/view/${MINE.code}`, user: null },
  { name: "a paper", path: `/-/view/${MINE.paper}`, user: null },
  { name: "a document", path: `/${MINE.document}`, user: null },
  { name: "a document's page", path: `/-/links/${MINE.document}` },
  { name: "add", path: "/add?url=https%3A%2F%2Fexample.org%2F&title=An+example" },
  {
    name: "add, refused",
    path: "/add",
    act: async (page) => {
      await page.getByLabel("Leads to").fill("https://example.org/");
      await page.getByLabel("Short code").fill("login");
      await page.locator("main form").getByRole("button", { name: ADD }).click();
    },
  },
  { name: "add, a file", path: "/add?link_type=file" },
  { name: "add, a document", path: "/add?link_type=markdown" },
  { name: "add, a web page", path: "/add?link_type=html" },
  { name: "edit, a document", path: `/edit_link/${MINE.document}` },
  { name: "edit, a file", path: `/edit_link/${MINE.paper}` },
  { name: "edit", path: `/edit_link/${MINE.live}` },
  { name: "delete", path: `/delete_link/${MINE.live}` },
  { name: "settings", path: "/settings" },
  { name: "settings of the administrator", path: "/settings", user: "admin" },
  { name: "profile", path: "/profile" },
  { name: "profile of the administrator", path: "/profile", user: "admin" },
  { name: "backup", path: "/backup/create" },
  { name: "backup, for the administrator", path: "/backup/create", user: "admin" },
  { name: "restore", path: "/backup/restore" },
  {
    name: "restore, a preview",
    path: "/backup/restore",
    act: async (page) => {
      const toml = `[links.${MINE.live}]\ntype = "redirect"\nurl = "https://example.org/"\n\n[links.x]\n`;
      const buffer = oddZip([{ name: "links.toml", bytes: toml }]);
      const file = { name: "backup.zip", mimeType: "application/zip", buffer };
      await page.getByLabel("Backup", { exact: true }).setInputFiles(file);
      await page.getByRole("button", { name: "Preview" }).click();
      await page.getByText("Left out").click();
    },
  },
  { name: "restore, for the administrator", path: "/backup/restore", user: "admin" },
  { name: "sign out", path: "/auth/logout" },
  { name: "users", path: "/users", user: "admin" },
  { name: "users, nobody found", path: "/users?q=no+such+person", user: "admin" },
  { name: "a user", path: "/users/alice", user: "admin" },
  { name: "a user, oneself", path: "/users/admin", user: "admin" },
  { name: "a one-time password", path: "/users/bob", user: "admin", act: pressing(/one-time/) },
  { name: "delete a user", path: "/users/alice/delete", user: "admin" },
  { name: "register", path: "/auth/register", user: "admin" },
  {
    name: "register, refused",
    path: "/auth/register",
    user: "admin",
    act: async (page) => {
      await page.getByLabel("User name").fill("alice");
      await page.getByLabel("Password", { exact: true }).fill("a quiet Tuesday");
      await page.getByLabel("Password again").fill("a quiet Monday");
      await page.getByRole("button", { name: "Add the user" }).click();
    },
  },
  { name: "act in another's place", path: "/auth/switch-user/alice", user: "admin" },
  { name: "the record", path: "/-/audit", user: "admin" },
  { name: "the record, nothing found", path: "/-/audit?thing=no+such", user: "admin" },
  { name: "one's own record", path: "/-/audit/own" },
  { name: "the site's settings", path: "/-/settings", user: "admin" },
  { name: "the proxy", path: "/-/proxy", user: "admin" },
  // Last of the administrator's, who may be looked at in one browser and stays in that place.
  { name: "in another's place", path: "/", user: "admin", act: (page) => actThen(page, "/links") },
  {
    name: "switch back",
    path: "/",
    user: "admin",
    act: (page) => actThen(page, "/auth/switch-back"),
  },
];

const ADD = /^(Add|Create)/;

async function actThen(page: Page, path: string): Promise<void> {
  await page.goto("/auth/switch-user/alice");
  const button = page.getByRole("button", { name: "Act in their place" });
  if ((await button.count()) > 0) await button.click();
  await page.goto(path);
}

function pressing(name: RegExp): (page: Page) => Promise<void> {
  return (page) => page.getByRole("button", { name }).click();
}

/** Opens one of the pages as the one it is for, ready to be looked at. */
export async function openRow(page: Page, { path, status = 200, act }: PageRow): Promise<void> {
  const answer = await page.goto(path);
  if (answer?.status() !== status) throw new Error(`${path} answered ${answer?.status()}.`);
  await act?.(page);
}

/** Who opens it; undefined for a stranger. */
export function userOf(people: Readonly<Record<Name, User>>, { user = "alice" }: PageRow) {
  return user === null ? undefined : people[user];
}
