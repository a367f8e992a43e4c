/** Several operations on links by one request. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { operator, type Scope } from "../../../src/policy.ts";
import { databases } from "../../world.ts";
import { type ApiWorld, type Asked, type Json, openApiWorld } from "../api-world.ts";

const target = "https://a.example/";

interface Result {
  readonly status: number;
  readonly link?: Json;
  readonly problem?: Json;
}

for (const database of databases) {
  describe(`a batch on ${database}`, () => {
    let world: ApiWorld;
    beforeAll(async () => {
      world = await openApiWorld({ database });
    });
    afterAll(() => world.close());

    const send = async (mode: string, operations: readonly object[], more: Asked = {}) => {
      const json = { mode, operations };
      const answer = await world.ask("POST", href("apiLinksBatch"), { json, ...more });
      return { ...answer, results: (answer.body.results ?? []) as readonly Result[] };
    };

    const add = (short_code: string, by = world.people.alice) =>
      world.ask("POST", href("apiLinks"), { json: { short_code, target }, by });

    const read = (shortCode: string) => world.ask("GET", href("apiLink", { shortCode }));

    const actions = async () => {
      const query = world.app.database.read.selectFrom("audit_event").selectAll();
      return (await query.orderBy("id").execute()).map((row) => `${row.deed}`);
    };

    test("creates, changes and deletes, each with its result and its audit event", async () => {
      await add("b-changed");
      await add("b-deleted");
      const before = (await actions()).length;
      const { status, results } = await send("all", [
        { op: "create", target, short_code: "b-new", tags: ["x"], aliases: ["b-alias"] },
        { op: "create", target, password: "open sesame" },
        { op: "change", link: "b-changed", title: "T", short_code: "b-renamed" },
        { op: "delete", link: "b-deleted", revision: 1 },
      ]);
      expect(status).toBe(200);
      expect(results).toMatchObject([
        { status: 201, link: { short_code: "b-new", tags: ["x"], owner: "alice" } },
        { status: 201, link: { has_password: true } },
        { status: 200, link: { short_code: "b-renamed", title: "T", revision: 2 } },
        { status: 204 },
      ]);
      expect((await read("b-alias")).body.short_code).toBe("b-new");
      expect((await read("b-changed")).body.short_code).toBe("b-renamed");
      expect((await read("b-deleted")).status).toBe(404);
      expect((await actions()).slice(before).sort()).toEqual([
        "link.changed",
        "link.created",
        "link.created",
        "link.removed",
      ]);
    });

    test.each<[object, number, string]>([
      [{ op: "create", target: "javascript:alert(1)" }, 422, "#/operations/1/target"],
      [{ op: "create", target, short_code: "c-taken" }, 422, "#/operations/1/short_code"],
      [{ op: "create", target, kind: null }, 422, "#/operations/1/kind"],
      [{ op: "create", target, content: "x" }, 422, "#/operations/1/content"],
      [{ op: "create", target, nonsense: 1 }, 422, "#/operations/1/nonsense"],
      [{ op: "change", link: "c-bobs", title: "x" }, 404, "#/operations/1"],
      [{ op: "change", link: "c-taken", revision: 9 }, 409, "#/operations/1"],
      [{ op: "delete", link: "c-taken", revision: 9 }, 409, "#/operations/1"],
      [{ op: "delete", link: "none" }, 404, "#/operations/1"],
    ])("%j refuses the whole, or itself alone", async (operation, status, pointer) => {
      await add("c-taken");
      await add("c-bobs", world.people.bob);
      const code = `c-${crypto.randomUUID().slice(0, 8)}`;
      const first = { op: "create", target, short_code: code };
      const refused = await send("all", [first, operation]);
      expect(refused.status).toBe(status);
      expect(refused.body.errors[0]?.pointer).toBe(pointer);
      expect((await read(code)).status).toBe(404);
      const { results } = await send("each", [first, operation]);
      expect(results).toMatchObject([
        { status: 201 },
        { status, problem: { status, errors: [{ pointer }] } },
      ]);
      expect((await read(code)).status).toBe(200);
    });

    test("a link is named twice one after the other, but not as a whole", async () => {
      await add("d-twice");
      const twice = [
        { op: "change", link: "d-twice", title: "1" },
        { op: "change", link: "d-twice", note: "2" },
      ];
      const refused = await send("all", twice);
      expect(refused.body.errors[0]?.pointer).toBe("#/operations/1/link");
      expect((await send("each", twice)).results[1]?.link).toMatchObject({ title: "1", note: "2" });
    });

    test.each<[Scope[], number[]]>([
      [["links:create"], [201, 403, 403]],
      [["links:write"], [403, 200, 204]],
      [
        ["links:create", "links:write"],
        [201, 200, 204],
      ],
    ])("a key with %j can do what its scopes name", async (scopes, statuses) => {
      const input = { name: "a test", scopes };
      const { alice } = world.people;
      const { secret } = await world.app.accounts.keys.create(operator, alice, input);
      const name = scopes.join("-").replaceAll(":", "");
      await add(`e-${name}`);
      const { results } = await send(
        "each",
        [
          { op: "create", target },
          { op: "change", link: `e-${name}`, title: "x" },
          { op: "delete", link: `e-${name}` },
        ],
        { by: null, headers: { authorization: `Bearer ${secret}` } },
      );
      expect(results.map(({ status }) => status)).toEqual(statuses);
    });

    test("an administrator changes links of others", async () => {
      await add("f-alices");
      const operations = [{ op: "change", link: "f-alices", title: "x" }];
      const { results } = await send("all", operations, { by: world.people.admin });
      expect(results).toMatchObject([{ status: 200, link: { owner: "alice" } }]);
    });

    test("a thousand at once, and no more", async () => {
      const many = Array.from({ length: 1000 }, () => ({ op: "create", target }));
      const { results } = await send("all", many);
      expect(new Set(results.map(({ link }) => link?.short_code)).size).toBe(1000);
      expect((await send("each", [...many, { op: "create", target }])).status).toBe(422);
      expect((await send("each", [])).status).toBe(422);
      const passwords = Array.from({ length: 21 }, () => ({ op: "create", target, password: "x" }));
      expect((await send("all", passwords)).body.errors[0]?.pointer).toBe("#/operations");
    });

    test.each(["all", "each"])(
      "%s: sent again with its key, it creates nothing more",
      async (mode) => {
        const operations = Array.from({ length: 3 }, () => ({ op: "create", target }));
        const headers = { "idempotency-key": `batch-${mode}` };
        const first = await send(mode, operations, { headers });
        const again = await send(mode, operations, { headers });
        expect(again.results).toEqual(first.results);
        // As kill -9 leaves it before the answer is kept.
        await world.app.database.write(async (trx) => {
          await trx.updateTable("sent_request").set({ status: null, at: 0 }).execute();
        });
        const later = await send(mode, operations, { headers });
        const codesOf = ({ results }: typeof first) => results.map(({ link }) => link?.short_code);
        expect(codesOf(later)).toEqual(codesOf(first));
      },
    );
  });
}
