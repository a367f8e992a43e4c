/** The table of routes: handlers, schemas, and the tongue in which each route words a problem. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { z } from "zod";
import type { Method } from "../../src/http/url-row.ts";
import { href, type UrlName, urls, withQuery } from "../../src/http/urls.ts";
import { fieldNameOf } from "../../src/parse-input.ts";
import { findOperation } from "../../src/server/routes.ts";
import { openTestApp, type World } from "../world.ts";

let world: World;
let cookie: string;
beforeAll(async () => {
  world = await openTestApp();
  cookie = await world.signIn(world.people.alice);
});
afterAll(() => world.close());

const names = Object.keys(urls) as UrlName[];
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;

test.each(names)("answers the methods of %p and no others", (name) => {
  const answered = methods.filter((method) => findOperation(name, method) !== null);
  const listed: readonly Method[] = urls[name].methods;
  expect(answered).toEqual(methods.filter((method) => listed.includes(method)));
});

test.each(["DELETE", "PUT", "OPTIONS"])("answers %s with 405 and Allow", async (method) => {
  const response = await world.request(href("links"), { method, headers: { cookie } });
  expect(response.status).toBe(405);
  expect(response.headers.get("allow")).toBe("GET, HEAD");
});

describe("the schema of a body", () => {
  const withInput = names.flatMap((name) => {
    const input = findOperation(name, "POST")?.input;
    return input === undefined
      ? []
      : [[name, keysOf(z.toJSONSchema(input, { io: "input" }))] as const];
  });

  test("belongs to every operation that reads JSON", () => {
    expect(withInput.map(([name]) => name as string)).toEqual([
      "add",
      "tags",
      "bulkLinks",
      "trash",
      "editLink",
      "history",
      "settings",
      "register",
      "user",
      "deleteUser",
    ]);
  });

  test.each(withInput)("of %p has no key that docs/urls.md leaves out", (name, keys) => {
    const described = [urls[name].doc, ...(name === "editLink" ? [urls.add.doc] : [])].join(" ");
    const documented = new Set(described.match(/(?<=`)[a-z_]+(?=`)/g));
    expect(keys.map(fieldNameOf).filter((key) => !documented.has(key))).toEqual([]);
  });
});

interface ObjectSchema {
  readonly properties?: object;
  readonly oneOf?: readonly ObjectSchema[];
}

function keysOf({ properties = {}, oneOf = [] }: ObjectSchema): string[] {
  return [...Object.keys(properties), ...oneOf.flatMap(keysOf)];
}

describe("the schema of an answer", () => {
  const asked: readonly [UrlName, path: string][] = [
    ["health", href("health")],
    ["ready", href("ready")],
    ["checkCode", withQuery(href("checkCode"), { short_code: "free" })],
    ["checkCode", withQuery(href("checkCode"), { short_code: "-" })],
  ];
  test.each(asked)("describes %p at %p", async (name, path) => {
    const output = findOperation(name, "GET")?.output;
    const response = await world.request(path, { headers: { cookie } });
    expect(output?.safeParse(await response.json()).success).toBe(true);
  });
});

describe("a problem", () => {
  test.each([
    ["page", href("linkPage", { shortCode: "none" }), null, "text/html; charset=utf-8"],
    [
      "page",
      href("linkPage", { shortCode: "none" }),
      "application/json",
      "application/problem+json",
    ],
    ["json", href("proxyProbe"), null, "application/problem+json"],
    ["json", href("proxyProbe"), "text/html", "application/problem+json"],
  ])("in the tongue %p, at %p with Accept %p, is %p", async (_, path, accept, type) => {
    const headers = { cookie, ...(accept !== null && { accept }) };
    const response = await world.request(path, { headers });
    expect(response.status).toBeOneOf([403, 404]);
    expect(response.headers.get("content-type")).toBe(type);
  });

  test("of a JSON route is never a redirect to the sign-in page", async () => {
    const response = await world.request(href("checkCode"));
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "unauthenticated" });
  });
});
