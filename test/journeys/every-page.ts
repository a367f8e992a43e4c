import type { Page } from "playwright-core";
import type { User } from "../../src/accounts/user.ts";
import { oddZip } from "../archive/zips.ts";
import { field, send } from "./fields.ts";
import { MINE } from "./sample.ts";
import { RESTORES } from "./sample-restores.ts";

type Name = "alice" | "bob" | "admin";

/** A page in one state. */
export interface PageRow {
  readonly name: string;
  readonly path: string;
  /** Default alice, who has links; bob has none yet, and `null` is a visitor. */
  readonly user?: Name | null;
  /** Whether it is a document of a user, in its own language. */
  readonly isDocument?: boolean;
  /** Status of its response; default 200. */
  readonly status?: number;
  /** What is done on the page before it is looked at. */
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
      await field(page, "password").fill("not this one");
      await send(page, "password");
    },
  },
  { name: "no such link", path: "/nowhere", user: null, status: 404 },
  { name: "expired link", path: `/${MINE.expired}`, user: null, status: 410 },
  { name: "a protected link", path: `/${MINE.locked}`, user: null, status: 401 },
  {
    name: "a protected link, refused",
    path: `/${MINE.locked}`,
    user: null,
    status: 401,
    act: async (page) => {
      await field(page, "password").fill("not this one");
      await send(page, "password");
    },
  },
  { name: "a protected link's page", path: `/-/links/${MINE.locked}` },
  { name: "edit, with every option", path: `/edit_link/${MINE.locked}` },
  { name: "home", path: "/" },
  { name: "home, new here", path: "/", user: "bob" },
  { name: "home of the administrator", path: "/", user: "admin" },
  { name: "links", path: "/links" },
  { name: "links, new here", path: "/links", user: "bob" },
  { name: "links, nothing found", path: "/links?q=no+such+thing" },
  { name: "links of everybody", path: "/links", user: "admin" },
  { name: "a link", path: `/-/links/${MINE.live}` },
  { name: "a QR code", path: `/-/links/${MINE.live}/qr` },
  { name: "an expired link's page", path: `/-/links/${MINE.expired}` },
  { name: "a file's page", path: `/-/links/${MINE.picture}` },
  { name: "a picture", path: `/-/view/${MINE.picture}`, user: null },
  { name: "code", path: `/-/view/${MINE.code}`, user: null },
  {
    name: "code, with marked lines",
    path: `/-/view/${MINE.code}`,
    user: null,
    act: async (page) => {
      await page.evaluate("location.hash = '#L2-L3'");
      await page.locator(".marked-lines").waitFor();
    },
  },
  { name: "a table", path: `/-/view/${MINE.table}`, user: null },
  { name: "a paper", path: `/-/view/${MINE.paper}`, user: null },
  { name: "a collection", path: `/${MINE.collection}`, user: null },
  { name: "a collection's page", path: `/-/links/${MINE.collection}` },
  { name: "files of a collection", path: `/-/files/${MINE.collection}` },
  { name: "add, a collection", path: "/add?link_type=collection" },
  { name: "edit, a collection", path: `/edit_link/${MINE.collection}` },
  { name: "a document", path: `/${MINE.document}`, user: null, isDocument: true },
  { name: "a document's page", path: `/-/links/${MINE.document}` },
  { name: "add", path: "/add?url=https%3A%2F%2Fexample.org%2F&title=An+example" },
  {
    name: "add, refused",
    path: "/add",
    act: async (page) => {
      await field(page, "url").fill("https://example.org/");
      await field(page, "short_code").fill("login");
      await send(page, "short_code");
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
  { name: "API keys", path: "/-/keys?preset=files" },
  {
    name: "API keys, refused",
    path: "/-/keys",
    act: async (page) => {
      await field(page, "name").fill("A key without scopes");
      await send(page, "name");
    },
  },
  {
    name: "a new API key",
    path: "/-/keys?preset=files",
    act: async (page) => {
      await field(page, "name").fill("Photos");
      await send(page, "name");
    },
  },
  { name: "revoke an API key", path: "/-/keys/1/revoke" },
  { name: "API", path: "/-/api", user: null },
  { name: "API keys of all users", path: "/-/keys/all", user: "admin" },
  { name: "API keys of nobody", path: "/-/keys/all?owner=bob", user: "admin" },
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
      await field(page, "backup_file").setInputFiles(file);
      await send(page, "backup_file");
      for (const box of await page.locator("main details summary").all()) await box.click();
    },
  },
  { name: "a restore that is done", path: `/backup/restore/${RESTORES.done}` },
  { name: "a restore that failed", path: `/backup/restore/${RESTORES.failed}` },
  { name: "import", path: "/-/import" },
  { name: "import, refused", path: "/-/import", act: (page) => send(page, "links") },
  {
    name: "import, a preview",
    path: "/-/import",
    act: async (page) => {
      const lines = [
        "url,code,title,comment",
        "example.org/a,a1,First,x",
        "javascript:x,a2,Second,",
      ];
      await field(page, "links").fill([...lines, "https://example.org/b,login,Third,"].join("\n"));
      await send(page, "links");
    },
  },
  { name: "an import that is done", path: `/-/import/${RESTORES.imported}` },
  { name: "a change of many links that is done", path: `/-/changes/${RESTORES.changed}` },
  { name: "a restore in progress", path: `/backup/restore/${RESTORES.running}` },
  { name: "restore, for the administrator", path: "/backup/restore", user: "admin" },
  { name: "sign out", path: "/auth/logout" },
  { name: "users", path: "/users", user: "admin" },
  { name: "users, nobody found", path: "/users?q=no+such+person", user: "admin" },
  { name: "a user", path: "/users/alice", user: "admin" },
  { name: "a user, oneself", path: "/users/admin", user: "admin" },
  { name: "a one-time password", path: "/users/bob", user: "admin", act: oneTimePassword },
  { name: "delete a user", path: "/users/alice/delete", user: "admin" },
  { name: "register", path: "/auth/register", user: "admin" },
  {
    name: "register, refused",
    path: "/auth/register",
    user: "admin",
    act: async (page) => {
      await field(page, "username").fill("alice");
      await field(page, "password").fill("a quiet Tuesday");
      await field(page, "confirm_password").fill("a quiet Monday");
      await send(page, "confirm_password");
    },
  },
  { name: "impersonate a user", path: "/auth/switch-user/alice", user: "admin" },
  { name: "activity log", path: "/-/audit", user: "admin" },
  { name: "activity log, nothing found", path: "/-/audit?thing=no+such", user: "admin" },
  { name: "your activity", path: "/-/audit/own" },
  { name: "the site's settings", path: "/-/settings", user: "admin" },
  { name: "the nodes", path: "/-/nodes", user: "admin" },
  { name: "tags", path: "/-/tags" },
  { name: "statistics", path: "/-/stats" },
  { name: "statistics, new here", path: "/-/stats", user: "bob" },
  { name: "statistics of the site", path: "/-/stats?range=all", user: "admin" },
  { name: "statistics of a user", path: "/-/stats/users/alice?range=today", user: "admin" },
  { name: "statistics of a link", path: `/-/stats/links/${MINE.live}?range=year` },
  {
    name: "statistics with filters",
    path: `/-/stats/links/${MINE.live}?range=90d&browser=Firefox&referrer=`,
  },
  { name: "all values of a table", path: "/-/stats?table=referrer" },
  { name: "statistics of a tag", path: "/-/stats/tags/team?from=2026-03-01&to=2026-03-17" },
  { name: "statistics, refused", path: "/-/stats?from=2026-03-02&to=2026-03-01", status: 422 },
  { name: "the trash", path: "/-/trash" },
  { name: "a deletion link that has ended", path: "/-/remove/gone/token", user: null, status: 404 },
  { name: "history of a document", path: `/-/history/${MINE.document}` },
  { name: "a former version", path: `/-/history/${MINE.document}?version=1` },
  { name: "the proxy", path: "/-/proxy", user: "admin" },
  // Last of the administrator's, who may be looked at in one browser and stays in that place.
  { name: "impersonating", path: "/", user: "admin", act: (page) => actThen(page, "/links") },
  {
    name: "stop impersonating",
    path: "/",
    user: "admin",
    act: (page) => actThen(page, "/auth/switch-back"),
  },
];

async function actThen(page: Page, path: string): Promise<void> {
  await page.goto("/auth/switch-user/alice");
  const button = page.locator('form[action="/auth/switch-user/alice"] button');
  if ((await button.count()) > 0) await button.click();
  await page.goto(path);
}

function oneTimePassword(page: Page): Promise<void> {
  return page.locator('button[value="one_time_password"]').click();
}

/** Opens one of the pages as the one it is for, ready to be looked at. */
export async function openRow(page: Page, { path, status = 200, act }: PageRow): Promise<void> {
  const answer = await page.goto(path);
  if (answer?.status() !== status) throw new Error(`${path} answered ${answer?.status()}.`);
  await act?.(page);
}

/** The user who opens it; undefined for a visitor. */
export function userOf(people: Readonly<Record<Name, User>>, { user = "alice" }: PageRow) {
  return user === null ? undefined : people[user];
}
