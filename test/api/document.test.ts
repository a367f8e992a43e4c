/** The OpenAPI document. `npm run docs` keeps a copy in docs/openapi.json, so that each change of it is reviewed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { listOperations } from "../../src/api/operations.ts";
import { href } from "../../src/http/urls.ts";
import { type ApiWorld, openApiWorld } from "./api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

const read = async () => (await world.ask("GET", href("apiDocument"), { by: null })).body;

test("gives each operation a name of its own", () => {
  const names = listOperations().map(({ operation }) => operation.name);
  expect(new Set(names).size).toBe(names.length);
});

test("refers to schemas that exist, and has none that is not used", async () => {
  const document = JSON.stringify(await read());
  const { components } = JSON.parse(document) as { components: { schemas: object } };
  const used = [...document.matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
  expect([...new Set(used)].sort()).toEqual(Object.keys(components.schemas).sort());
  expect(document).not.toContain("#/$defs");
});

test("is answered with 304 where it is known", async () => {
  const { headers } = await world.ask("GET", href("apiDocument"), { by: null });
  const etag = headers.get("etag") ?? "";
  const again = { by: null, headers: { "if-none-match": etag } };
  expect((await world.ask("GET", href("apiDocument"), again)).status).toBe(304);
});
