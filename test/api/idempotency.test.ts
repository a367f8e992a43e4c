/** Requests with an Idempotency-Key are carried out once, however often they are sent. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { UNDER_WAY_MS } from "../../src/accounts/sent-requests.ts";
import { href } from "../../src/http/urls.ts";
import { findJob } from "../../src/jobs/jobs.ts";
import type { Target } from "../../src/links/target/target.ts";
import { databases } from "../world.ts";
import { type ApiWorld, type Asked, openApiWorld } from "./api-world.ts";

const links = href("apiLinks");
const DAY = 86_400_000;

for (const database of databases) {
  describe(`an idempotency key on ${database}`, () => {
    let world: ApiWorld;
    beforeAll(async () => {
      world = await openApiWorld({ database });
    });
    afterAll(() => world.close());

    const post = (key: string, json: object, more: Asked = {}) =>
      world.ask("POST", links, { json, headers: { "idempotency-key": key }, ...more });

    const countOf = async (target: string) => {
      const rows = await world.app.database.read
        .selectFrom("link")
        .select("id")
        .where("target", "=", target as Target)
        .execute();
      return rows.length;
    };

    test("a repeated request gets the first answer, though the link has changed", async () => {
      const json = { target: "https://a.example/once", note: "n".repeat(3000) };
      const first = await world.request(links, {
        method: "POST",
        body: JSON.stringify(json),
        headers: {
          cookie: await world.signIn(world.people.alice),
          "content-type": "application/json",
          "idempotency-key": '"k1"',
          "accept-encoding": "gzip",
        },
      });
      expect(first.headers.get("content-encoding")).toBe("gzip");
      expect(first.status).toBe(201);
      const code = await codeOf(json.target);
      await world.ask("PATCH", href("apiLink", { shortCode: code }), { json: { title: "later" } });
      const again = await post("k1", json);
      expect(again.status).toBe(201);
      expect(again.body).toMatchObject({ short_code: code, title: "", revision: 1 });
      expect(again.headers.get("idempotency-replayed")).toBe("true");
      expect(again.headers.get("location")).toBe(first.headers.get("location"));
      expect(again.headers.get("etag")).toBe('"r1"');
      expect(first.headers.has("idempotency-replayed")).toBe(false);
      expect(await countOf(json.target)).toBe(1);
    });

    const codeOf = async (target: string) => {
      const query = world.app.database.read.selectFrom("link").select("short_code");
      return (await query.where("target", "=", target as Target).executeTakeFirstOrThrow())
        .short_code;
    };

    test("another body with the key is refused, and another account has keys of its own", async () => {
      const json = { target: "https://a.example/reused" };
      expect((await post("k2", json)).status).toBe(201);
      const other = await post("k2", { target: "https://a.example/another" });
      expect(other).toMatchObject({ status: 422, body: { code: "idempotency_key_reused" } });
      const elsewhere = await world.ask("PATCH", href("apiLink", { shortCode: "x" }), {
        json,
        headers: { "idempotency-key": "k2" },
      });
      expect(elsewhere.body.code).toBe("idempotency_key_reused");
      const { bob } = world.people;
      const ofBob = await post("k2", { target: "https://a.example/another" }, { by: bob });
      expect(ofBob.status).toBe(201);
    });

    test("of requests at once, one creates, and the others get its answer or 409", async () => {
      const json = { target: "https://a.example/at-once", tags: ["t"] };
      const answers = await Promise.all(Array.from({ length: 20 }, () => post("k3", json)));
      const statuses = new Set(answers.map(({ status }) => status));
      expect(statuses.isSubsetOf(new Set([201, 409]))).toBe(true);
      const codes = answers.flatMap(({ status, body }) => (status === 201 ? body.short_code : []));
      expect(new Set(codes).size).toBe(1);
      const late = answers.find(({ status }) => status === 409);
      if (late) expect(late.body.code).toBe("idempotency_key_in_use");
      expect(await countOf(json.target)).toBe(1);
    });

    test.each([
      { target: "https://a.example/crash" },
      { target: "https://a.example/crash-tagged", tags: ["a"] },
    ])("a process that ended before it answered has created the link: %j", async (json) => {
      const first = await post(`crash ${json.target}`.replaceAll(/\W/g, "-"), json);
      // As kill -9 leaves it after the link's transaction.
      const begun = { status: null, body: "", size: 0, headers: "{}" };
      await world.app.database.write(async (trx) => {
        await trx.updateTable("sent_request").set(begun).where("status", "=", 201).execute();
      });
      const key = `crash ${json.target}`.replaceAll(/\W/g, "-");
      expect((await post(key, json)).status).toBe(409);
      world.clock.advance(UNDER_WAY_MS);
      expect((await post(key, { target: "https://a.example/b" })).status).toBe(422);
      const again = await post(key, json);
      expect(again.status).toBe(201);
      expect(again.body.short_code).toBe(first.body.short_code);
      expect(await countOf(json.target)).toBe(1);
    });

    test("a refused request may be sent again with its key", async () => {
      const json = { short_code: "refused", target: "https://a.example/" };
      await world.ask("POST", links, { json });
      expect((await post("k5", json)).status).toBe(422);
      await world.ask("DELETE", href("apiLink", { shortCode: "refused" }));
      expect((await post("k5", json)).status).toBe(201);
    });

    test("a repeated change gets the first answer, without a second one", async () => {
      await world.ask("POST", links, { json: { short_code: "ch", target: "https://a.example/" } });
      const change = (headers: Record<string, string>) =>
        world.ask("PATCH", href("apiLink", { shortCode: "ch" }), {
          json: { note: "a" },
          headers: { "idempotency-key": "k6", ...headers },
        });
      expect((await change({ "if-match": '"r1"' })).body.revision).toBe(2);
      const again = await change({ "if-match": '"r1"' });
      expect(again).toMatchObject({ status: 200, body: { revision: 2 } });
    });

    test("a file that is sent again, as the body or in a form, makes one link", async () => {
      const headers = { "idempotency-key": "k7" };
      const upload = (body: string) =>
        world.ask("POST", `${href("apiFiles")}?name=a.txt`, { body, headers });
      const first = await upload("abc");
      expect((await upload("abc")).body.short_code).toBe(first.body.short_code);
      expect((await upload("abd")).body.code).toBe("idempotency_key_reused");
      const form = () => {
        const sent = new FormData();
        sent.set("file", new File(["in a form"], "b.txt"));
        return world.ask("POST", href("apiFiles"), {
          body: sent,
          headers: { "idempotency-key": "k8" },
        });
      };
      expect((await form()).body.short_code).toBe((await form()).body.short_code);
    });

    test.each(["", '""', '"open', "a b", "x".repeat(256), `"${"x".repeat(256)}"`, '"a","b"'])(
      "%j is no key",
      async (key) => {
        const { status, body } = await post(key, { target: "https://a.example/" });
        expect(status).toBe(400);
        expect(body.errors).toMatchObject([{ parameter: "Idempotency-Key" }]);
      },
    );

    test("after a day a key is free, and the job deletes it", async () => {
      const json = { target: "https://a.example/day" };
      const first = await post("k9", json);
      world.clock.advance(DAY);
      await findJob("clean-idempotency-keys")?.run(world.app);
      const rows = await world.app.database.read.selectFrom("sent_request").selectAll().execute();
      expect(rows).toEqual([]);
      expect((await post("k9", json)).body.short_code).not.toBe(first.body.short_code);
    });
  });
}
