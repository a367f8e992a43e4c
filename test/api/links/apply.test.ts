/** A links.toml that is applied over the API. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { text } from "../../../src/api/text.en.ts";
import { href, withQuery } from "../../../src/http/urls.ts";
import type { Kind } from "../../../src/links/link.ts";
import { operator, type Scope } from "../../../src/policy.ts";
import { type ApiWorld, type Asked, openApiWorld } from "../api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

const redirect = (code: string, host = "a.example") =>
  `[links.${code}]\nurl = "https://${host}/"\n`;
const markdown = (code: string) => `[links.${code}]\ntype = "markdown"\ncontent = "# Hello"\n`;

const apply = (json: object, asked: Asked = {}, owner = "alice") =>
  world.ask("POST", withQuery(href("apiLinksApply"), { owner }), { ...asked, json });

async function withKey(scopes: readonly Scope[], kinds?: readonly Kind[]): Promise<Asked> {
  const input = { name: "apply", scopes, expiresAt: null, ...(kinds && { kinds }) };
  const { secret } = await world.app.accounts.keys.create(operator, world.people.alice, input);
  return { by: null, headers: { authorization: `Bearer ${secret}` } };
}

test("says what a file changes, changes it as the caller, and retires what is pruned", async () => {
  const toml = redirect("one") + markdown("two");
  const plan = {
    added: [
      { short_code: "one", kind: "redirect", target: "https://a.example/", file_name: null },
      { short_code: "two", kind: "markdown", target: null, file_name: "two.md" },
    ],
    changed: [],
    removed: [],
    unchanged: 0,
  };
  const dry = await apply({ toml, dry_run: true });
  expect([dry.status, dry.body as object]).toEqual([200, { ...plan, applied: false }]);
  expect((await world.ask("GET", href("apiLink", { shortCode: "one" }))).status).toBe(404);
  expect((await apply({ toml })).body as object).toEqual({ ...plan, applied: true });
  expect((await apply({ toml })).body).toMatchObject({ added: [], changed: [], unchanged: 2 });
  const pruned = await apply({ toml: redirect("one", "b.example"), prune: true });
  expect(pruned.body).toMatchObject({ changed: [{ short_code: "one" }], removed: ["two"] });
  const two = await world.ask("GET", href("apiLink", { shortCode: "two" }));
  expect(two.body).toMatchObject({ disabled: true, declared: false });
  const { events } = await world.app.audit.list(operator, { resource: "one" }, { limit: 10 });
  expect(events.map(({ action, actor }) => [action, actor])).toEqual([
    ["link.changed", "alice"],
    ["link.created", "alice"],
  ]);
});

test("a key needs the scopes and the types of all that changes; refused, nothing is changed", async () => {
  const toml = redirect("three") + markdown("four");
  const refusals = [
    [await withKey(["links:read"]), "insufficient_scope"],
    [await withKey(["links:create"]), "insufficient_scope"],
    [await withKey(["links:create", "files:create"], ["redirect"]), "forbidden"],
  ] as const;
  for (const [key, code] of refusals) {
    const answer = await apply({ toml }, key);
    expect([answer.status, answer.body.code]).toEqual([403, code]);
  }
  expect((await world.ask("GET", href("apiLink", { shortCode: "three" }))).status).toBe(404);
  const creates = await withKey(["links:create", "files:create"]);
  expect((await apply({ toml }, creates)).status).toBe(200);
  const change = { toml: redirect("three", "c.example") };
  expect((await apply(change, creates)).body.code).toBe("insufficient_scope");
  const files = await withKey(["links:write"], ["markdown"]);
  expect((await apply(change, files)).body.code).toBe("forbidden");
  expect((await apply(change, await withKey(["links:write"]))).status).toBe(200);
});

test("files of the machine, empty files and others' accounts are refused", async () => {
  const withPath = '[links.five]\ntype = "file"\npath = "links.toml"\n';
  const many = Array.from({ length: 1001 }, (_, at) => redirect(`many-${at}`)).join("");
  const secret = (at: number) => `${redirect(`secret-${at}`)}password = "a quiet Tuesday"\n`;
  const refused = [
    [{ toml: withPath }, text.apply.noPaths("five")],
    [{ toml: "# nothing\n", prune: true }, text.apply.noLinks],
    [{ toml: many }, text.apply.tooManyLinks(1000)],
    [
      { toml: Array.from({ length: 21 }, (_, at) => secret(at)).join("") },
      text.apply.tooManyPasswords(20),
    ],
    [{ toml: "[links.six]\nurl = 1\n" }, "Line 2"],
    [{ toml: "[links.six" }, "Line 1"],
  ] as const;
  for (const [json, message] of refused) {
    const answer = await apply(json);
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining(message)]);
    expect(answer.body.errors).toMatchObject([{ pointer: "#/toml" }]);
  }
  const other = await apply({ toml: redirect("seven") }, { by: world.people.bob });
  expect([other.status, other.body.errors[0]?.parameter]).toEqual([422, "owner"]);
  const taken = await apply({ toml: redirect("one") }, { by: world.people.bob }, "bob");
  expect(taken.status).toBe(422);
});
