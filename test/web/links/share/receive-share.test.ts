/** What an app of a phone shares: files wait for the form that opens, which creates the link. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href, withQuery } from "../../../../src/http/urls.ts";
import { contentsOf } from "../../../links/files/collection.ts";
import { as, databases, ORIGIN, openTestApp, START, type World } from "../../../world.ts";

/** As browsers send it for the share target of an installed app. */
const fromBrowser = { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" };

for (const kind of databases) {
  describe(`what is shared to the site, on ${kind}`, () => {
    let world: World;
    let cookie: string;
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "app.max_file_size_mb": 1 } });
      cookie = await world.signIn(world.people.alice);
    });
    afterAll(() => world.close());

    interface Shared {
      readonly title?: string;
      readonly text?: string;
      readonly url?: string;
      readonly files?: readonly File[];
    }
    const share = async ({ files = [], ...texts }: Shared, headers = {}, by = cookie) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(texts)) body.append(name, value);
      for (const file of files) body.append("files", file);
      const form = new Request(ORIGIN, { method: "POST", body });
      const type = form.headers.get("content-type") ?? "";
      const bytes = await form.bytes();
      const sent = {
        ...fromBrowser,
        "content-type": type,
        "content-length": String(bytes.byteLength),
        ...(by !== "" && { cookie: by }),
        ...headers,
      };
      const init = { method: "POST", headers: sent, body: bytes };
      const response = await world.request(href("share"), init);
      return { response, path: response.headers.get("location") ?? "" };
    };
    const formAt = async (path: string) =>
      await (await world.request(path, { headers: { cookie } })).text();
    const uploads = async () =>
      await world.app.files.uploads.list(as(world.people.alice), {
        ownerId: world.people.alice.id,
      });
    const add = (fields: Record<string, string>, ids: readonly string[] = []) => {
      const body = new URLSearchParams(fields);
      for (const id of ids) body.append("uploads", id);
      const headers = { cookie, accept: "application/json" };
      return world.request(href("add"), { method: "POST", headers, body });
    };

    test("as a file waits for the form, whose link has its bytes", async () => {
      const file = new File(["the bytes"], 'a "b" \u00fc.txt');
      const { response, path } = await share({ title: "A photo", text: "seen", files: [file] });
      expect([response.status, path]).toEqual([303, expect.stringMatching(/^\/add\?/)]);
      const { searchParams } = new URL(ORIGIN + path);
      const { upload = "", ...fields } = Object.fromEntries(searchParams);
      expect(fields).toEqual({ link_type: "file", title: "A photo", note: "seen" });
      const [held] = await uploads();
      expect(held).toMatchObject({ id: upload, purpose: "hold", length: 9, received: 9 });
      expect(held?.expiresAt).toBeGreaterThan(START);
      const page = await formAt(path);
      expect(page).toContain(`<input type="hidden" name="upload" value="${upload}"`);
      expect(page).toContain("a &quot;b&quot; \u00fc.txt");
      const refused = await add({ ...fields, upload, short_code: "a b" });
      expect([refused.status, (await uploads()).length]).toEqual([422, 1]);
      expect((await add({ ...fields, upload, short_code: "one-file" })).status).toBe(201);
      expect(await (await world.request("/one-file")).text()).toBe("the bytes");
      expect(await uploads()).toEqual([]);
    });

    test("as several files becomes a collection", async () => {
      const files = ["a.txt", "a.txt", "b.txt"].map((name) => new File([name], name));
      const { path } = await share({ files });
      const { searchParams } = new URL(ORIGIN + path);
      const { uploads: ids = "", ...fields } = Object.fromEntries(searchParams);
      expect([fields, ids.split(" ").length]).toEqual([{ link_type: "collection" }, 3]);
      const page = await formAt(path);
      for (const id of ids.split(" ")) expect(page).toContain(`name="uploads" value="${id}"`);
      const unknown = await add(fields, [...ids.split(" "), "unknown"]);
      expect([unknown.status, await unknown.json()]).toMatchObject([
        422,
        { errors: { upload: expect.any(String) } },
      ]);
      expect((await add({ ...fields, short_code: "album" }, ids.split(" "))).status).toBe(201);
      expect(await contentsOf(world, "album")).toEqual([
        ["a.txt", "a.txt"],
        ["a (2).txt", "a.txt"],
        ["b.txt", "b.txt"],
      ]);
      expect(await uploads()).toEqual([]);
    });

    test("as an address or a text fills in the form, a long text as a file", async () => {
      const shared = { title: "T", text: "see https://example.com/x", url: "" };
      const { path } = await share(shared);
      expect(path).toBe(withQuery(href("add"), shared));
      const long = await share({ title: "Long", text: "\u00fc".repeat(9000) });
      expect(long.path).toMatch(/^\/add\?link_type=file&upload=[\w-]+&title=Long$/);
      const { searchParams } = new URL(ORIGIN + long.path);
      const id = searchParams.get("upload");
      expect((await uploads()).find((each) => each.id === id)?.received).toBe(18_000);
      expect((await share({})).path).toBe(`${href("add")}?title=&text=&url=`);
    });

    test("too large, of a wrong size for the quota or too much is said plainly, and nothing stays", async () => {
      const before = await uploads();
      const large = await share({ files: [new File(["a".repeat(1_100_000)], "a.txt")] });
      expect(large.response.status).toBe(413);
      const many = Array.from({ length: 101 }, (_, at) => new File(["a"], `${at}.txt`));
      const { response } = await share({ files: many });
      expect([response.status, await response.text()]).toEqual([
        413,
        expect.stringContaining("Share at most 100 files at once."),
      ]);
      expect(await uploads()).toEqual(before);
    });

    test("by another site is refused", async () => {
      const before = await uploads();
      const files = [new File(["a"], "a.txt")];
      for (const headers of [
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
        { "sec-fetch-site": "cross-site", origin: ORIGIN },
      ])
        expect((await share({ files }, headers)).response.status).toBe(403);
      expect(await uploads()).toEqual(before);
      for (const headers of [{ "sec-fetch-site": "same-origin" }, { origin: "null" }])
        expect((await share({ text: "a" }, headers)).response.status).toBe(303);
    });

    test("by a visitor waits for signing in, but files are to be shared again", async () => {
      const { path } = await share({ text: "a text" }, {}, "");
      expect(path).toBe(withQuery(href("add"), { title: "", text: "a text", url: "" }));
      for (const size of [1, 200_000]) {
        const file = new File(["a".repeat(size)], "a.txt");
        const { response, path: asked } = await share({ files: [file] }, {}, "");
        expect(asked).toBe(withQuery(href("signIn"), { next: href("add") }));
        const notice = response.headers.getSetCookie().map((each) => each.split(";", 1)[0] ?? "");
        const headers = { cookie: notice.join("; ") };
        const page = await (await world.request(asked, { headers })).text();
        expect(page).toContain("Then share the files again");
      }
    });
  });
}
