/** Which websites may show a link in a frame, as the policies of its responses say, and how that is chosen. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../../../src/http/urls.ts";
import { embeddersOf } from "../../../../src/web/open/frame/embedders.ts";
import { type ApiWorld, openApiWorld } from "../../../api/api-world.ts";
import { collectionOf } from "../../../links/files/collection.ts";
import { type Shared, share } from "../../../share.ts";
import { databases, ORIGIN } from "../../../world.ts";

const BLOG = "https://blog.example https://*.example.org";
const inFrame = { "sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate", accept: "text/html" };

for (const kind of databases) {
  describe(`a link that websites may embed, on ${kind}`, () => {
    let world: ApiWorld;
    beforeAll(async () => {
      world = await openApiWorld({ database: kind });
    });
    afterAll(() => world.close());

    const make = (code: string, changes: Partial<Shared> = {}) => {
      const file = { code, name: "a.txt", bytes: "text", inline: true };
      return share(world, world.people.alice, { ...file, ...changes });
    };
    const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
      world.request(path, { headers });
    const ancestorsOf = ({ headers }: Response) =>
      /frame-ancestors ([^;]*)/.exec(headers.get("content-security-policy") ?? "")?.[1] ?? null;
    const change = async (shortCode: string, json: object) =>
      await world.ask("PATCH", href("apiLink", { shortCode }), { json });

    test.each([
      ["file", { name: "a.txt" }, "'self'", `'self' ${BLOG}`],
      ["file", { name: "a.pdf", bytes: "%PDF-1.7\n" }, "'self'", `'self' ${BLOG}`],
      ["markdown", { name: "a.md", bytes: "# A" }, "'none'", BLOG],
      ["html", { name: "a.html", bytes: "<p>A" }, "'none'", BLOG],
    ] as const)("of kind %s says so in its policy, row %#", async (kindOf, shared, off, on) => {
      const code = `kind-${kindOf}-${shared.name.slice(2)}`;
      await make(code, { ...shared, kind: kindOf });
      expect(ancestorsOf(await ask(`/${code}`, inFrame))).toBe(kindOf === "html" ? "'self'" : off);
      const before = (await ask(`/${code}`)).headers.get("etag");
      expect((await change(code, { embed_hosts: BLOG })).body.embed_hosts).toBe(BLOG);
      expect(ancestorsOf(await ask(`/${code}`, inFrame))).toBe(on);
      const kept = await ask(`/${code}`, { ...inFrame, "if-none-match": before ?? "" });
      expect([kept.status, kept.headers.has("x-frame-options")]).toEqual([200, false]);
      await change(code, { embed_hosts: "*" });
      expect(ancestorsOf(await ask(`/${code}`, inFrame))).toBe(null);
      await change(code, { embed_hosts: null });
      expect(ancestorsOf(await ask(`/${code}`))).toBe(off);
    });

    test("that is a collection shows its page and its files", async () => {
      await collectionOf(
        world,
        world.people.alice,
        "album",
        { "a.txt": "a" },
        { embedHosts: BLOG },
      );
      expect(ancestorsOf(await ask("/album", inFrame))).toBe(BLOG);
      expect(ancestorsOf(await ask("/album/a.txt"))).toBe(`'self' ${BLOG}`);
    });

    test("that is an HTML page is sent without our frame, in its sandbox", async () => {
      await make("sandboxed", { kind: "html", name: "a.html", bytes: "<p>A" });
      await change("sandboxed", { embed_hosts: BLOG });
      const embedded = await ask("/sandboxed", { ...inFrame, referer: "https://blog.example/" });
      expect(await embedded.text()).toBe("<p>A");
      expect(embedded.headers.get("content-security-policy")).toStartWith("sandbox allow-scripts");
      expect(embedded.headers.get("vary")).toContain("referer");
      for (const headers of [
        { ...inFrame, referer: `${ORIGIN}/` },
        { ...inFrame, "sec-fetch-dest": "document" },
      ])
        expect(ancestorsOf(await ask("/sandboxed", headers))).toBe("'self'");
    });

    test("is in no frame while it asks for something first", async () => {
      await make("gated", { kind: "markdown", name: "a.md", embedHosts: BLOG as never });
      await change("gated", { password: "open sesame" });
      expect(ancestorsOf(await ask("/gated", inFrame))).toBe("'none'");
      const opened = await ask("/gated", { ...inFrame, "x-link-password": "open sesame" });
      expect([opened.status, ancestorsOf(opened)]).toEqual([200, "'none'"]);
      await change("gated", { password: null, visit_limit: 3 });
      expect(ancestorsOf(await ask("/gated", inFrame))).toBe("'none'");
    });

    test("from before there was this is a file in any frame, or anything else in none", async () => {
      await make("old-file");
      await make("old-page", { kind: "markdown", name: "a.md" });
      await world.app.database.write(async (trx) => {
        const old = trx.updateTable("link").set({ embed_hosts: null });
        await old.where("short_code", "in", ["old-file", "old-page"] as never[]).execute();
      });
      const stored = async (shortCode: string) =>
        (await world.ask("GET", href("apiLink", { shortCode }))).body.embed_hosts;
      expect([await stored("old-file"), await stored("old-page")]).toEqual(["*", null]);
      expect(ancestorsOf(await ask("/old-file"))).toBe(null);
      expect(ancestorsOf(await ask("/old-page"))).toBe("'none'");
    });

    test("is refused at its field where it is no list of websites, or for a redirect", async () => {
      await make("refusing");
      const pointers = async (answer: ReturnType<typeof change>) => {
        const { status, body } = await answer;
        return [status, body.errors.map(({ pointer }) => pointer)];
      };
      for (const embed_hosts of ["blog.example", "http://blog.example", "https://a.example/b", 7])
        expect(await pointers(change("refusing", { embed_hosts }))).toEqual([
          422,
          ["#/embed_hosts"],
        ]);
      const redirect = { target: "https://example.com/", embed_hosts: BLOG };
      const creation = world.ask("POST", href("apiLinks"), { json: redirect });
      expect(await pointers(creation)).toEqual([422, ["#/embed_hosts"]]);
      await change("refusing", { embed_hosts: BLOG });
      const { body } = await change("refusing", { kind: "redirect", target: "https://a.example/" });
      expect(body.embed_hosts).toBe(null);
    });

    test("is chosen in the form, whose page then has the line to paste", async () => {
      await make("formed", { title: 'A "b" <c>', inline: false });
      const cookie = await world.signIn(world.people.alice);
      const post = (embed_hosts: string) =>
        world.request("/edit_link/formed", {
          method: "POST",
          headers: { cookie },
          body: new URLSearchParams({ link_type: "file", embed_hosts }),
        });
      const refused = await post("blog.example");
      expect(refused.status).toBe(422);
      expect(await refused.text()).toContain("is no website");
      expect((await post("https://blog.example")).status).toBe(303);
      const page = await (await world.request("/-/links/formed", { headers: { cookie } })).text();
      const line = `<iframe src="${ORIGIN}/formed?inline=1" title="A &quot;b&quot; &lt;c&gt;" width="100%" height="600"></iframe>`;
      expect(page).toContain(`<code class="name">${Bun.escapeHTML(line)}</code>`);
    });
  });
}

test("every website is allowed by the operator only, for links that said so before, too", async () => {
  const settings = { "links.embed_anywhere": false };
  await using opened = new AsyncDisposableStack();
  const world = opened.adopt(await openApiWorld({ settings }), (each) => each.close());
  const { current } = world.app.live;
  const before = await share(world, world.people.alice, {
    code: "before",
    name: "a.txt",
    bytes: "text",
    embedHosts: "*" as never,
  });
  expect(embeddersOf({ ...before, isGated: false }, current)).toBe("" as never);
  const policy = (await world.request("/before")).headers.get("content-security-policy");
  expect(policy).toEndWith("; frame-ancestors 'self'");
  const edit = (json: object) =>
    world.ask("PATCH", href("apiLink", { shortCode: "before" }), { json });
  expect((await edit({ embed_hosts: "*", title: "a" })).status).toBe(200);
  expect((await edit({ embed_hosts: "https://a.example" })).status).toBe(200);
  expect((await edit({ embed_hosts: "*" })).status).toBe(422);
});
