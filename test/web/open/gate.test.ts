/** Visit limits and passwords, as visitors, programs, bots and previews meet them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { type NewLinkInput, parseLinkChanges } from "../../../src/links/input/link-schema.ts";
import { newLink, share } from "../../share.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";
import { machines } from "./machines.ts";

const HOUR = 3_600_000;
const SECRET = "https://secret.example/hidden-destination";
const KEY_SHAPED = `t8${"a".repeat(38)}`;

const basic = (password: string) => `Basic ${Buffer.from(`anyone:${password}`).toString("base64")}`;

for (const kind of databases) {
  describe(`gates of links on ${kind}`, () => {
    let world: World;
    let made = 0;
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "limits.open_per_minute": 0 } });
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const make = async (input: NewLinkInput) => {
      const { alice } = world.people;
      const shortCode = `gated-${++made}`;
      const given = newLink({ target: SECRET, shortCode, ...input });
      await world.app.links.create(as(alice), { ownerId: alice.id }, given);
      return shortCode;
    };
    const get = (path: string, headers: Record<string, string> = {}, more: RequestInit = {}) =>
      world.request(path, { ...more, headers: { "user-agent": FIREFOX, ...headers } });
    const linkOf = (code: string) => world.app.links.get(as(world.people.alice), code);
    const edit = async (code: string, input: object) => {
      const { alice } = world.people;
      const link = await linkOf(code);
      const context = {
        now: START,
        zone: "UTC",
        schemes: ["http", "https"],
        inline: false,
        ownOrigins: [],
      };
      const changes = parseLinkChanges(input, link, context);
      return await world.app.links.edit(as(alice), code, changes);
    };
    const unlock = (code: string, password: string, peer = "192.0.2.9", page = "open") =>
      world.request(`/-/unlock/${code}`, {
        method: "POST",
        body: new URLSearchParams({ password, page }),
        peer,
      });
    const cookieOf = (response: Response) =>
      response.headers
        .getSetCookie()
        .map((cookie) => cookie.split(";")[0])
        .join("; ");

    test("a limited link answers as often as it may, also to many at once", async () => {
      const code = await make({ visitLimit: 10 });
      const answers = await Promise.all(Array.from({ length: 100 }, () => get(`/${code}`)));
      expect(answers.filter(({ status }) => status === 302)).toHaveLength(10);
      expect(answers.filter(({ status }) => status === 410)).toHaveLength(90);
      for (const { headers } of answers) expect(headers.get("cache-control")).toContain("no-store");
      expect(await linkOf(code)).toMatchObject({ visitLimit: 10, visitsLeft: 0 });
      await world.app.visits.flush();
      expect((await linkOf(code)).visits).toBe(10);
    });

    test("a link without visits left goes to its fallback", async () => {
      const code = await make({ visitLimit: 1, fallbackUrl: "https://example.org/" });
      expect((await get(`/${code}`)).headers.get("location")).toBe(SECRET);
      const after = await get(`/${code}`);
      expect([after.status, after.headers.get("location")]).toEqual([302, "https://example.org/"]);
    });

    test("fallbacks that are used up lead into no circle", async () => {
      const one = await make({ visitLimit: 1 });
      const origin = "http://trunk8.test";
      const other = await make({ visitLimit: 1, fallbackUrl: `${origin}/${one}` });
      await edit(one, { fallbackUrl: `${origin}/${other}` });
      await get(`/${one}`);
      expect((await get(`/${one}`)).headers.get("location")).toBe(`${origin}/${other}`);
      await get(`/${other}`);
      expect((await get(`/${one}`)).status).toBe(410);
    });

    test("a raised limit adds the difference, a lowered one takes it away, null removes it", async () => {
      const code = await make({ visitLimit: 3 });
      await get(`/${code}`);
      await get(`/${code}`);
      await edit(code, { visitLimit: 5 });
      expect(await linkOf(code)).toMatchObject({ visitLimit: 5, visitsLeft: 3 });
      await edit(code, { visitLimit: 1 });
      expect(await linkOf(code)).toMatchObject({ visitLimit: 1, visitsLeft: 0 });
      await edit(code, { title: "The same limit" });
      expect((await get(`/${code}`)).status).toBe(410);
      await edit(code, { visitLimit: null });
      expect(await linkOf(code)).toMatchObject({ visitLimit: null, visitsLeft: null });
      expect((await get(`/${code}`)).status).toBe(302);
    });

    test("a HEAD uses nothing up, and shows no destination", async () => {
      const code = await make({ visitLimit: 1 });
      const head = await get(`/${code}`, {}, { method: "HEAD" });
      expect([head.status, head.headers.get("location")]).toEqual([200, null]);
      expect(await linkOf(code)).toMatchObject({ visitsLeft: 1 });
    });

    test("a download is resumed by who began it, for an hour, without another visit", async () => {
      const { alice } = world.people;
      const code = `file-${++made}`;
      await share(world, alice, { code, name: "a.bin", bytes: "0123456789", visitLimit: 1 });
      const head = await get(`/${code}`, {}, { method: "HEAD" });
      expect(head.headers.get("content-length")).toBe("10");
      const begun = await get(`/${code}`, { range: "bytes=0-4" });
      expect([begun.status, await begun.text()]).toEqual([206, "01234"]);
      const cookie = cookieOf(begun);
      const resume = async (headers: Record<string, string>) => {
        const response = await get(`/${code}`, { range: "bytes=5-", ...headers });
        return [response.status, response.status === 206 ? await response.text() : ""];
      };
      expect(await resume({ cookie })).toEqual([206, "56789"]);
      expect(await resume({})).toEqual([410, ""]);
      expect(await resume({ cookie: cookie.replace(/.$/, "_") })).toEqual([410, ""]);
      expect(await resume({ cookie, "user-agent": `${FIREFOX} Other/1` })).toEqual([410, ""]);
      world.clock.advance(HOUR);
      expect(await resume({ cookie })).toEqual([410, ""]);
    });

    test("the viewer takes one visit, and shows its file by it", async () => {
      const { alice } = world.people;
      const code = `image-${++made}`;
      await share(world, alice, { code, name: "a.svg", bytes: "<svg/>", visitLimit: 1 });
      const page = await get(`/-/view/${code}`);
      expect(page.status).toBe(200);
      const referer = `http://trunk8.test/-/view/${code}`;
      const image = await get(`/${code}`, { cookie: cookieOf(page), referer });
      expect([image.status, await image.text()]).toEqual([200, "<svg/>"]);
      expect((await get(`/${code}`, { cookie: cookieOf(page) })).status).toBe(410);
    });

    test("a protected link asks for its password, and then opens for an hour", async () => {
      const code = await make({ password: "correct horse", title: "Hidden title" });
      const locked = await get(`/${code}`, { accept: "text/html" });
      expect(locked.status).toBe(401);
      expect(locked.headers.get("www-authenticate")).not.toContain("basic");
      expect((await unlock(code, "wrong horse")).status).toBe(422);
      const right = await unlock(code, "correct horse");
      expect([right.status, right.headers.get("location")]).toEqual([303, `/${code}`]);
      const cookie = cookieOf(right);
      expect(right.headers.getSetCookie()[0]).toContain("HttpOnly; SameSite=Lax; Max-Age=3600");
      expect((await get(`/${code}`, { cookie })).headers.get("location")).toBe(SECRET);
      const other = await make({ password: "correct horse" });
      expect((await get(`/${other}`, { cookie })).status).toBe(401);
      world.clock.advance(HOUR);
      expect((await get(`/${code}`, { cookie })).status).toBe(401);
      expect(await linkOf(code)).toMatchObject({ wrongPasswords: 1 });
    });

    test("a browser goes on by itself, with the parameters of the link", async () => {
      const code = await make({ password: "correct horse" });
      const asked = await get(`/${code}?a=1&b=%22`, { accept: "text/html" });
      expect(await asked.text()).toContain('name="query" value="?a=1&amp;b=%22"');
      const post = async (query: string) => {
        const body = new URLSearchParams({ password: "correct horse", query });
        const headers = { accept: "text/html" };
        const sent = { method: "POST", headers, body };
        const { status, headers: got } = await world.request(`/-/unlock/${code}`, sent);
        return [status, got.get("refresh"), got.getSetCookie().length];
      };
      expect(await post("?a=1&b=%22")).toEqual([200, `0; url=/${code}?a=1&b=%22`, 1]);
      expect(await post("?\r\nx: y")).toEqual([200, `0; url=/${code}?x:%20y`, 1]);
      for (const elsewhere of ["", "//evil.example/", "https://evil.example/?x"])
        expect(await post(elsewhere)).toEqual([200, `0; url=/${code}`, 1]);
    });

    test("a wrong password is named at its field", async () => {
      const code = await make({ password: "correct horse" });
      const page = await readPage(await unlock(code, "wrong horse"));
      expect(page.problems).toEqual({ password: "This is not the password of the link." });
      expect(page.html).toMatch(
        /<input[^>]*name="password"[^>]*aria-describedby="password-problem/,
      );
    });

    test("before its start, a link answers on every path as an unknown one", async () => {
      const { alice } = world.people;
      const startsAt = START + HOUR;
      const title = "Hidden title";
      const codes = [
        await make({ startsAt, title }),
        await make({ startsAt, title, password: "correct horse" }),
        await make({ startsAt, title, visitLimit: 1, fallbackUrl: "https://example.org/" }),
      ];
      for (const name of ["hidden.png", "hidden.md", "hidden.html"]) {
        const code = `gated-${++made}`;
        const kind = name.endsWith("md") ? "markdown" : name.endsWith("html") ? "html" : "file";
        await share(world, alice, { code, name, kind, bytes: "hidden text", startsAt, title });
        codes.push(code);
      }
      const answersOf = async (code: string) => {
        const seen: string[] = [];
        const note = async (about: string, response: Response) => {
          const body = (await response.text()).replace(/"requestId":"[^"]*"|Request ID: \S+/g, "");
          seen.push(`${about} ${response.status} ${body}`.replaceAll(code, "CODE"));
        };
        const paths = ["", "/", ".png", ".exe", "/hidden.png", "/x", "?raw=1", "?download=1"].map(
          (rest) => `/${code}${rest}`,
        );
        const parts = ["view", "thumb", "page", "preview", "links"];
        for (const path of [...paths, ...parts.map((part) => `/-/${part}/${code}`)])
          for (const headers of [{}, { accept: "application/json" }, { purpose: "prefetch" }])
            for (const method of ["GET", "HEAD"])
              await note(`${method} ${path}`, await get(path, headers, { method }));
        await note("unlock", await unlock(code, "correct horse"));
        return seen;
      };
      const unknown = await answersOf("never-made");
      for (const code of codes) expect(await answersOf(code)).toEqual(unknown);
    });

    test("a new password ends passes and the count of wrong ones", async () => {
      const code = await make({ password: "correct horse" });
      await unlock(code, "wrong horse");
      const cookie = cookieOf(await unlock(code, "correct horse"));
      await edit(code, { password: "battery staple" });
      expect((await get(`/${code}`, { cookie })).status).toBe(401);
      expect(await linkOf(code)).toMatchObject({ wrongPasswords: 0 });
      await edit(code, { password: null });
      expect((await get(`/${code}`)).status).toBe(302);
    });

    test("programs send the password by Basic or a header of its own; a key is no guess", async () => {
      const code = await make({ password: "grüße 1" });
      const agent = { "user-agent": "curl/8.5.0", accept: "*/*" };
      const locked = await get(`/${code}`, agent);
      expect([locked.status, locked.headers.get("www-authenticate")]).toEqual([
        401,
        'basic realm="link", charset="UTF-8"',
      ]);
      const bytes = Buffer.from("grüße 1").toString("latin1");
      for (const headers of [{ authorization: basic("grüße 1") }, { "x-link-password": bytes }])
        expect((await get(`/${code}`, { ...agent, ...headers })).headers.get("location")).toBe(
          SECRET,
        );
      for (const headers of [{ authorization: basic("wrong") }, { "x-link-password": "wrong" }])
        expect((await get(`/${code}`, { ...agent, ...headers })).status).toBe(401);
      for (let times = 0; times < 20; times++)
        expect((await get(`/${code}`, { authorization: basic(KEY_SHAPED) })).status).toBe(401);
      expect(await linkOf(code)).toMatchObject({ wrongPasswords: 2 });
    });

    test("guessing is limited by link and network, and stops no other visitor", async () => {
      const code = await make({ password: "correct horse" });
      const statuses: number[] = [];
      for (let times = 0; times < 12; times++)
        statuses.push((await unlock(code, `wrong ${times}`, "198.51.100.7")).status);
      expect(statuses.filter((status) => status === 422)).toHaveLength(10);
      expect(statuses.slice(10)).toEqual([429, 429]);
      const headers = { "x-link-password": "correct horse" };
      const guess = await world.request(`/${code}`, { headers, peer: "198.51.100.7" });
      expect(guess.status).toBe(429);
      expect((await unlock(code, "correct horse", "203.0.113.5")).status).toBe(303);
    });

    test("what is glued to the address takes no visit", async () => {
      for (const kind of ["redirect", "markdown", "file"] as const) {
        const code = `once-${kind}`;
        if (kind === "redirect") await make({ shortCode: code, visitLimit: 1 });
        else {
          const shared = { code, name: "hidden.md", kind, bytes: "# Text", visitLimit: 1 };
          await share(world, world.people.alice, shared);
        }
        for (const more of [".", ").", ".md", "/", "/hidden.md"]) {
          const { status, headers } = await get(`/${code}${more}`);
          expect([more, status, headers.get("location")]).toEqual([more, 302, `/${code}`]);
        }
        expect([200, 302]).toContain((await get(`/${code}`)).status);
        expect((await get(`/${code}`)).status).toBe(410);
      }
    });

    test("whatever a protected link is, it answers alike before its password", async () => {
      const { alice } = world.people;
      const password = "correct horse";
      const title = "Hidden title";
      const codes = [
        await make({ password, title }),
        await make({ password, title, visitLimit: 1 }),
      ];
      const files = [
        { name: "hidden.png", kind: "file" },
        { name: "hidden.md", kind: "markdown" },
        { name: "hidden.html", kind: "html" },
      ] as const;
      for (const { name, kind } of files) {
        const code = `gated-${++made}`;
        await share(world, alice, { code, name, kind, bytes: "hidden text", password, title });
        codes.push(code);
      }
      const seen = new Set<string>();
      for (const code of codes) {
        const paths = [
          "",
          "/",
          ".png",
          ".exe",
          "/hidden.png",
          "/x",
          "?raw=1",
          "?download=1",
          "?inline=1",
        ].map((rest) => `/${code}${rest}`);
        for (const path of [
          ...paths,
          `/-/view/${code}`,
          `/-/thumb/${code}`,
          `/-/page/${code}`,
          `/-/zip/${code}`,
        ])
          for (const headers of [
            {},
            { "sec-fetch-dest": "iframe" },
            { accept: "application/json" },
          ])
            for (const method of ["GET", "HEAD"]) {
              const response = await get(path, headers, { method });
              const all = `${await response.text()} ${JSON.stringify([...response.headers])}`;
              expect(all.toLowerCase()).not.toMatch(
                /hidden( title| text|\.|-dest)|secret\.|etag|image\/png/,
              );
              const length = response.headers.get("content-length") ?? "";
              const answer = [path.replaceAll(code, "CODE"), method, JSON.stringify(headers)];
              seen.add([...answer, response.status, length].join(" "));
            }
      }
      const places = [...seen].map((line) => line.split(" ").slice(0, 3).join(" "));
      expect(places.length).toBe(new Set(places).size);
    });

    test("bots, previews and what is fetched ahead use nothing up and learn the title only", async () => {
      const protectedCode = await make({ password: "correct horse", title: "Hidden title" });
      const limited = await make({ visitLimit: 10, title: "A shown title" });
      const once = await make({ visitLimit: 1 });
      expect(machines.length).toBeGreaterThanOrEqual(200);
      const requests = [
        ...machines.map((agent) => ({ "user-agent": agent })),
        { "sec-purpose": "prefetch" },
        { "sec-purpose": "prefetch;prerender" },
        { purpose: "prefetch" },
        { "x-purpose": "preview" },
        { "x-moz": "prefetch" },
      ];
      for (const headers of requests)
        for (const method of ["GET", "HEAD"]) {
          const about = JSON.stringify(headers);
          for (const code of [limited, once]) {
            const response = await get(`/${code}`, headers, { method });
            expect([about, response.status, response.headers.get("location")]).toEqual([
              about,
              200,
              null,
            ]);
            const body = await response.text();
            expect(body).not.toContain("secret.example");
            if (method === "GET" && code === limited) expect(body).toContain("A shown title");
          }
          const locked = await get(`/${protectedCode}`, headers, { method });
          expect([about, locked.status]).toEqual([about, 401]);
          expect(await locked.text()).not.toMatch(/secret\.example|Hidden/);
        }
      expect(await linkOf(limited)).toMatchObject({ visitsLeft: 10 });
      expect(await linkOf(once)).toMatchObject({ visitsLeft: 1 });
      expect(await linkOf(protectedCode)).toMatchObject({ wrongPasswords: 0 });
    });

    test("lists know links without visits left", async () => {
      const code = await make({ visitLimit: 1 });
      const codesOf = async (status: "live" | "limit_reached") => {
        const { alice } = world.people;
        const { links } = await world.app.links.list(as(alice), {
          ownerId: alice.id,
          status,
          limit: 50,
        });
        return links.map(({ shortCode }) => String(shortCode));
      };
      expect(await codesOf("live")).toContain(code);
      await get(`/${code}`);
      expect(await codesOf("live")).not.toContain(code);
      expect(await codesOf("limit_reached")).toContain(code);
    });
  });
}
