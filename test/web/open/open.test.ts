/** GET /<code>, from memory and from the database, as a visitor meets it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { NewLink } from "../../../src/links/input/link-schema.ts";
import type { ShortCode } from "../../../src/links/short-code.ts";
import { newLink } from "../../share.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, headersOf, openTestApp, START, type World } from "../../world.ts";

/** As other programs allowed. */
const OLD_CODE = "glued\u4f8b";

for (const kind of databases) {
  describe(`opening a link on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const make = async (code: string, url: string, changes: Partial<NewLink> = {}) => {
      const { alice } = world.people;
      const input = { ...newLink({ shortCode: code, target: url }), ...changes };
      return await world.app.links.create(as(alice), { ownerId: alice.id }, input);
    };

    /** The first opening reads the database, the second memory: both must answer alike. */
    const openTwice = async (path: string, init?: RequestInit) => {
      const responses = [await world.request(path, init), await world.request(path, init)];
      const [first, second] = responses.map((response) => ({
        status: response.status,
        headers: headersOf(response),
      }));
      expect(second).toEqual(first ?? { status: 0, headers: [] });
      return responses[1] ?? Response.error();
    };

    test.each([301, 302, 307, 308] as const)(
      "answers %p with the stored target",
      async (status) => {
        await make(`to${status}`, "https://example.com/A?b=c&d=%20#e", { redirectStatus: status });
        const response = await openTwice(`/to${status}`);
        expect(response.status).toBe(status);
        expect(response.headers.get("location")).toBe("https://example.com/A?b=c&d=%20#e");
        expect(await response.text()).toBe("");
      },
    );

    test("sends a destination as a valid URI", async () => {
      await make("uml", "https://example.com/\u00fc \u6771?q={x}|%41");
      const response = await openTwice("/uml");
      expect(response.headers.get("location")).toBe(
        "https://example.com/%C3%BC%20%E6%9D%B1?q=%7Bx%7D%7C%41",
      );
    });

    test("asks caches to come back each time, and lets other sites use what is here", async () => {
      await make("caching", "https://example.com/");
      const { headers } = await openTwice("/caching");
      expect(headers.get("cache-control")).toBe("no-cache");
      expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("strict-transport-security")).toBeNull();
      expect(headers.get("set-cookie")).toBeNull();
    });

    test("HEAD is answered like GET, without being counted", async () => {
      const link = await make("head", "https://example.com/");
      const headers = { "user-agent": FIREFOX };
      const get = await openTwice("/head", { headers });
      const head = await openTwice("/head", { headers, method: "HEAD" });
      expect(headersOf(head)).toEqual(headersOf(get));
      expect(head.status).toBe(302);
      await world.app.visits.flush();
      expect((await world.app.links.get(as(world.people.alice), "head")).visits).toBe(2);
      expect(link.shortCode).toBeTruthy();
    });

    test("a query is not part of the code", async () => {
      await make("query", "https://example.com/");
      expect((await openTwice("/query?utm=1")).status).toBe(302);
    });

    test.each([
      "/unknown",
      "/QUERY",
      "/query/x",
      "/que%2fry",
      "/%00",
      "/%ff",
      "/query.css",
      "/query%C3%A9",
      "/none%20",
      "/.env",
      "/x.css",
    ])("%p leads nowhere: 404", async (path) => {
      expect((await openTwice(path)).status).toBe(404);
    });

    describe("with more glued to its code", () => {
      beforeAll(async () => {
        await make("glued", "https://example.com/glued");
        await make("old", "https://example.com/old", { shortCode: OLD_CODE as ShortCode });
      });

      test.each(
        [
          ..."/ . ) , ' \" > ] } ! ; : * | ` ~ $ % = + @ % // ). ,%20 %20and%20more ,more ).More".split(
            " ",
          ),
          ..."&utm_source=x /&utm_source=x %3Futm_source=x %23part ;x=1 ...More %22%3E".split(" "),
          ..."%20 %09 %0D%0A %C2%A0 %E2%80%8B %E3%80%82 %E2%80%9D %F0%9F%91%8D %EF%B8%8F %EF%BB%BF".split(
            " ",
          ),
          ..."%A0 %E2%80 %FF".split(" "),
          "\u3092\u8aad\u3080",
          "\u3067\u3059\u3002",
          "\ub97c",
        ].flatMap((more) => [more, `${more}?utm=1`]),
      )("opens a link before %p", async (more) => {
        const response = await openTwice(`/glued${more}`);
        expect(response.status).toBe(302);
        expect(response.headers.get("location")).toBe("https://example.com/glued");
      });

      test("opens a link before everything that no code can hold", async () => {
        const more = fc
          .tuple(
            fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
            fc.string({ unit: "grapheme" }),
          )
          .filter(([first]) => /[^\p{L}\p{M}\p{N}_\-./\0\ud800-\udfff]/u.test(first))
          .map((parts) => parts.join(""))
          .filter((text) => text.isWellFormed() && !/[\0/]/.test(text));
        const check = fc.asyncProperty(more, async (text) => {
          const response = await world.request(`/glued${encodeURIComponent(text)}`);
          expect(response.headers.get("location")).toBe("https://example.com/glued");
        });
        await fc.assert(check, { numRuns: 300 });
      });

      test("prefers a stored code that holds what follows", async () => {
        const { headers } = await openTwice(`/${encodeURIComponent(OLD_CODE)}`);
        expect(headers.get("location")).toBe("https://example.com/old");
        const glued = await openTwice(`/${encodeURIComponent(`${OLD_CODE}\u3002`)}`);
        expect(glued.headers.get("location")).toBe("https://example.com/old");
      });
    });

    test("an expired link stops at its very moment: 410", async () => {
      await make("brief", "https://example.com/", { expiresAt: START + 1000 });
      world.clock.advance(999);
      expect((await world.request("/brief")).status).toBe(302);
      world.clock.advance(1);
      const response = await openTwice("/brief");
      expect(response.status).toBe(410);
      expect(await response.text()).toContain("This link has expired.");
    });

    test("a disabled link is gone until it is switched on again", async () => {
      await make("off", "https://example.com/", { disabled: true });
      expect((await openTwice("/off")).status).toBe(410);
      await world.app.links.edit(as(world.people.alice), "off", { disabled: false });
      expect((await world.request("/off")).status).toBe(302);
    });

    test("a program that asks for JSON gets problem details", async () => {
      const response = await openTwice("/unknown", { headers: { accept: "application/json" } });
      expect(response.headers.get("content-type")).toBe("application/problem+json");
      expect(await response.json()).toMatchObject({ status: 404, title: "Not Found" });
    });

    test.each([
      ["PUT", 401],
      ["DELETE", 405],
      ["POST", 405],
      ["OPTIONS", 405],
      ["PROPFIND", 501],
    ])("%s is answered %p", async (method, status) => {
      await make(`m${method}`, "https://example.com/");
      const response = await openTwice(`/m${method}`, { method });
      expect(response.status).toBe(status);
      if (status === 405) expect(response.headers.get("allow")).toBe("GET, HEAD");
    });

    test("an edit by anyone is seen by the very next opening", async () => {
      await make("edited", "https://example.com/0");
      const { alice } = world.people;
      for (let count = 1; count <= 20; count++) {
        await openTwice("/edited");
        const target = `https://example.com/${count}` as NewLink["target"];
        await world.app.links.edit(as(alice), "edited", { target });
        expect((await world.request("/edited")).headers.get("location")).toBe(target);
      }
      await world.app.links.remove(as(alice), "edited");
      expect((await world.request("/edited")).status).toBe(404);
    });

    test("a code of the original's, in any script, opens under its percent-encoded form", async () => {
      const { alice } = world.people;
      await make("plain", "https://example.com/");
      await world.app.database.write(async (trx, touch) => {
        touch("plain");
        await trx
          .updateTable("link")
          .set({ short_code: "caf\u00e9" as never })
          .where("short_code", "=", "plain" as never)
          .execute();
      });
      expect((await openTwice("/caf%C3%A9")).status).toBe(302);
      expect((await world.app.links.get(as(alice), "caf\u00e9")).shortCode as string).toBe(
        "caf\u00e9",
      );
    });
  });
}

describe("strict transport security", () => {
  test("is asked for on every answer by https, and only there", async () => {
    const world = await openTestApp({ settings: { "server.public_url": "https://x.example" } });
    const { alice } = world.people;
    await world.app.links.create(
      as(alice),
      { ownerId: alice.id },
      newLink({ shortCode: "s", target: "https://example.com/" }),
    );
    for (const path of ["/s", "/s", "/", "/unknown", "/auth/login", "/health"]) {
      const { headers } = await world.request(path);
      expect(headers.get("strict-transport-security")).toBe("max-age=31536000");
    }
    await world.close();
  });
});
