/** Links of this site whose destinations and fallbacks lead from one to the next, and back. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { as, databases, ORIGIN, openTestApp, type World } from "../../world.ts";

const PUBLIC = "https://s.example";
const ELSEWHERE = "https://example.com/";

for (const kind of databases) {
  describe(`circles of links on ${kind}`, () => {
    let world: World;
    let cookie = "";
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "server.public_url": PUBLIC } });
      cookie = await world.signIn(world.people.alice);
    });
    afterAll(() => world.close());

    const post = async (path: string, body: object) => {
      const headers = { cookie, "content-type": "application/json" };
      const response = await world.request(path, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      if (response.status !== 422) return response.status;
      return Object.keys(((await response.json()) as { errors: object }).errors);
    };
    const add = (short_code: string, body: object = {}) =>
      post("/add", { short_code, target: ELSEWHERE, ...body });
    const edit = (code: string, body: object) => post(href("editLink", { shortCode: code }), body);
    const disable = (...codes: string[]) =>
      world.app.links.many.run(as(world.people.alice), codes, { change: { disabled: true } });
    const answerOf = async (path: string) => {
      const { status, headers } = await world.request(path);
      return [status, headers.get("location")];
    };

    test("a fallback may not lead to its link, by any of its codes or hosts", async () => {
      await add("self", { aliases: ["self-too"] });
      for (const origin of [ORIGIN, PUBLIC, "http://s.example"])
        for (const code of ["self", "self-too", "self?a=1", "self)."])
          expect(await edit("self", { fallback_url: `${origin}/${code}` })).toEqual([
            "fallback_url",
          ]);
      expect(await add("new-self", { fallback_url: `${PUBLIC}/new-self` })).toEqual([
        "fallback_url",
      ]);
    });

    test("fallbacks of two and of three links may not lead in a circle, also by an alias", async () => {
      await add("a1", { aliases: ["a1-too"] });
      await add("b1", { fallback_url: `${PUBLIC}/a1-too`, aliases: ["b1-too"] });
      expect(await edit("a1", { fallback_url: `${ORIGIN}/b1` })).toEqual(["fallback_url"]);
      await add("c1", { fallback_url: `${ORIGIN}/b1-too` });
      for (const origin of [ORIGIN, PUBLIC])
        expect(await edit("a1", { fallback_url: `${origin}/c1` })).toEqual(["fallback_url"]);
      expect(await edit("a1", { fallback_url: ELSEWHERE })).toBe(200);
      expect(await edit("a1", { fallback_url: `${ORIGIN}/no-link` })).toBe(200);
    });

    test("a destination counts, too", async () => {
      await add("a2");
      await add("b2", { target: `${PUBLIC}/a2` });
      expect(await edit("a2", { fallback_url: `${PUBLIC}/b2` })).toEqual(["fallback_url"]);
      await add("c2", { fallback_url: `${PUBLIC}/a2` });
      expect(await edit("a2", { target: `${PUBLIC}/c2` })).toEqual(["target"]);
    });

    test("neither a new link, a new code nor a new alias closes a circle", async () => {
      await add("a3", { fallback_url: `${PUBLIC}/open3` });
      expect(await add("open3", { fallback_url: `${PUBLIC}/a3` })).toEqual(["fallback_url"]);
      await add("b3", { fallback_url: `${PUBLIC}/a3` });
      expect(await edit("b3", { short_code: "open3" })).toEqual(["short_code"]);
      expect(await edit("b3", { aliases: ["open3"] })).toEqual(["aliases"]);
      expect(await edit("b3", { aliases: ["open3"], fallback_url: null })).toBe(200);
    });

    test("the API refuses them, too", async () => {
      const call = async (method: string, path: string, body: object) => {
        const headers = { cookie, "content-type": "application/json", origin: ORIGIN };
        const sent = { method, headers, body: JSON.stringify(body) };
        const response = await world.request(`/api/v1/links${path}`, sent);
        return [response.status, await response.text()] as const;
      };
      await add("a6", { fallback_url: `${PUBLIC}/b6` });
      const [created, why] = await call("POST", "", {
        short_code: "b6",
        target: ELSEWHERE,
        fallback_url: `${PUBLIC}/a6`,
      });
      expect([created, why.includes("fallback_url")]).toEqual([422, true]);
      await add("b6");
      const [changed, field] = await call("PATCH", "/b6", { target: `${ORIGIN}/a6` });
      expect([changed, field.includes("target")]).toEqual([422, true]);
    });

    test("links that one batch writes together close none", async () => {
      const batch = async (...operations: object[]) => {
        const headers = { cookie, "content-type": "application/json", origin: ORIGIN };
        const body = JSON.stringify({ mode: "all", operations });
        const response = await world.request("/api/v1/links:batch", {
          method: "POST",
          headers,
          body,
        });
        if (response.status === 200) return [];
        const { errors } = (await response.json()) as { errors: { pointer: string }[] };
        return errors.map(({ pointer }) => pointer);
      };
      const created = (short_code: string, more: object) => ({
        op: "create",
        short_code,
        target: ELSEWHERE,
        ...more,
      });
      const toB = { fallback_url: `${PUBLIC}/b7` };
      const toA = { target: `${PUBLIC}/a7` };
      expect(await batch(created("a7", toB), created("b7", toA))).toEqual([
        "#/operations/1/target",
      ]);
      expect(await batch(created("a7", {}), created("b7", toA))).toEqual([]);
      const changed = (link: string, more: object) => ({ op: "change", link, ...more });
      const away = { target: ELSEWHERE, fallback_url: `${ORIGIN}/c7` };
      expect(
        await batch(changed("b7", away), created("c7", { fallback_url: `${PUBLIC}/b7` })),
      ).toEqual(["#/operations/1/fallback_url"]);
      expect(await batch(changed("b7", { target: ELSEWHERE }), changed("a7", toB))).toEqual([]);
    });

    test("the form names its own field", async () => {
      await add("a4", { fallback_url: `${PUBLIC}/b4` });
      const form = { short_code: "b4", link_type: "redirect", url: `${PUBLIC}/a4` };
      const body = new URLSearchParams(form);
      const response = await world.request("/add", { method: "POST", headers: { cookie }, body });
      expect(response.status).toBe(422);
      expect(await response.text()).toMatch(/id="url-error"|name="url"[^>]*aria-invalid/);
    });

    test("a circle that was made in another way ends at the first link that is over", async () => {
      const set = (code: string, values: object) =>
        world.app.links.edit(as(world.people.alice), code, values as never);
      for (const code of ["a5", "b5", "c5"]) await add(code);
      await set("a5", { fallbackUrl: `${ORIGIN}/b5` });
      await set("b5", { target: `${ORIGIN}/c5` });
      await set("c5", { fallbackUrl: `${PUBLIC}/a5` });
      await disable("a5");
      expect(await answerOf("/a5")).toEqual([302, `${ORIGIN}/b5`]);
      await disable("c5");
      expect(await answerOf("/a5")).toEqual([410, null]);
      expect(await answerOf("/c5")).toEqual([410, null]);
    });
  });
}

describe("the fallback of the site", () => {
  test("may be a link of the site, but none that leads back to itself", async () => {
    await using opened = new AsyncDisposableStack();
    const world = opened.adopt(await openTestApp(), (each) => each.close());
    const { admin } = world.people;
    const cookie = await world.signIn(admin);
    const addLink = (body: object) =>
      world.request("/add", {
        method: "POST",
        headers: { cookie, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    await addLink({ short_code: "last", target: ELSEWHERE });
    await addLink({ short_code: "via", target: `${ORIGIN}/last` });
    await addLink({ short_code: "round", target: ELSEWHERE, fallback_url: `${ORIGIN}/via` });
    const save = async (address: string) => {
      const body = new URLSearchParams({ "links.fallback_url": address });
      return (await world.request("/-/settings", { method: "POST", headers: { cookie }, body }))
        .status;
    };
    expect(await save(`${ORIGIN}/via`)).toBe(422);
    expect(await save(`${ORIGIN}/last`)).toBe(303);
    await world.app.links.many.run(as(admin), ["last", "via"], { change: { disabled: true } });
    for (const code of ["last", "via"]) expect((await world.request(`/${code}`)).status).toBe(410);
  });
});
