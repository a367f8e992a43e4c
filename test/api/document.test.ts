/** The OpenAPI document. `npm run docs` keeps a copy in docs/openapi.json, so that each change of it is reviewed. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod";
import { Components } from "../../src/api/openapi/components.ts";
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

test("describes each of its tags, and has the lines of links among those of links", async () => {
  const document = (await read()) as unknown as {
    tags: { name: string; description: string }[];
    paths: Record<string, Record<string, { tags: string[] }>>;
  };
  expect(document.tags.filter(({ name, description }) => name === description)).toEqual([]);
  expect(document.paths[href("apiLinkLines")]?.get?.tags).toEqual(["links"]);
});

test("refuses two schemas of one name", () => {
  const components = new Components();
  components.refer(z.object({ a: z.string() }).meta({ id: "Twice" }), "input");
  const other = z.object({ b: z.string() }).meta({ id: "Twice" });
  expect(() => components.refer(other, "input")).toThrow("Twice");
});

test("says which parameters are required", async () => {
  const { paths } = (await read()) as unknown as {
    paths: Record<string, Record<string, { parameters: { name: string; required?: boolean }[] }>>;
  };
  const parameters = paths[`${href("apiUsers")}/{username}`]?.delete?.parameters ?? [];
  expect(parameters.find(({ name }) => name === "links")?.required).toBe(true);
});
