import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { databases, form, openTestApp, type World } from "../world.ts";

/** URLs with a NUL, which PostgreSQL stores in no text. */
const paths = [
  "/%00",
  "/links?q=%00ab",
  "/links?owner=%00",
  "/links?after=%00&sort=code",
  "/add?url=%00",
  "/users?q=%00",
  "/users/%00",
  "/-/links/%00",
  "/edit_link/%00",
  "/delete_link/%00",
  "/-/qr/%00.svg",
  "/-/view/%00",
  "/-/code?short_code=%00",
  ...["user", "actor", "action", "resource", "ip", "owner", "from", "to", "before", "after"].map(
    (name) => `/-/audit?${name}=%00`,
  ),
] as const;

const NUL = "\0";

/** Forms with a NUL in each field. */
const posts: readonly (readonly [path: string, fields: Record<string, string>])[] = [
  ["/add", { url: `https://example.com/${NUL}` }],
  ["/add", { url: "https://example.com/", title: NUL, note: `a${NUL}`, short_code: NUL }],
  ["/-/links", { codes: NUL, action: "delete" }],
  ["/-/links", { codes: NUL, action: "transfer", to: NUL }],
  ["/auth/login", { username: NUL, password: NUL }],
  ["/auth/register", { username: NUL, password: NUL, confirm_password: NUL, display_name: NUL }],
  ["/users/bob/delete", { links: "transfer", to: NUL, password: NUL }],
];

for (const kind of databases) {
  describe(`a NUL byte on ${kind}`, () => {
    let world: World;
    let admin: string;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      admin = await world.signIn(world.people.admin);
    });
    afterAll(() => world.close());

    test.each(paths)("in %s is no fault of the server", async (path) => {
      const { status } = await world.request(path, { headers: { cookie: admin } });
      expect([path, status < 500]).toEqual([path, true]);
    });

    test.each(posts)("in a form for %s is no fault of the server", async (path, fields) => {
      const { status } = await world.request(path, form(fields, admin));
      expect([path, status < 500]).toEqual([path, true]);
    });
  });
}
