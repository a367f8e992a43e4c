/** Links that are files, made and edited by their forms, on a real socket. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { text as files } from "../../../../src/files/text.en.ts";
import { text } from "../../../../src/links/text.en.ts";
import { formatBytes } from "../../../../src/text/format.ts";
import { text as formText } from "../../../../src/web/links/form/text.en.ts";
import { text as viewerText } from "../../../../src/web/open/text.en.ts";
import { openTestApp } from "../../../world.ts";
import {
  type Fields,
  type FileSite,
  file,
  formOf,
  MEGABYTE,
  openFileSite,
  told,
} from "../../file-site.ts";
import { readPage } from "../../read-page.ts";

let site: FileSite;

beforeAll(async () => {
  site = await openFileSite();
});
afterAll(() => site.close());

/** Whatever came of an upload, nothing half is left. */
afterEach(() => {
  expect(site.halves()).toEqual([]);
});

describe("a file is taken", () => {
  test("from a program that sends nothing else", async () => {
    const response = await site.post("/add", formOf({ file: file("report.pdf", "%PDF-1.7 x") }));
    expect(response.status).toBe(201);
    const { shortCode, url, ...rest } = await told(response);
    expect(url).toBe(`${site.origin}/${shortCode}`);
    expect<object>(rest).toEqual({ short_code: shortCode });
    expect(await site.stored(shortCode)).toMatchObject({
      kind: "file",
      title: "",
      inline: true,
      content: { name: "report.pdf", size: 10, type: "application/pdf" },
    });
    expect(await site.open(shortCode)).toBe("%PDF-1.7 x");
  });

  test("from the form, and the next page tells of it", async () => {
    const fields = { short_code: "told", link_type: "file", inline: "on", file: file("a.txt") };
    const response = await site.post("/add", formOf(fields), { accept: "text/html" });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/-/links/told"]);
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining("notice=")]);
    expect((await site.stored("told")).inline).toBe(true);
  });

  test("from the page's script, which is told where the page is that tells of it", async () => {
    const fields = { short_code: "script", link_type: "file", notice: "on", file: file("a.txt") };
    const response = await site.post("/add", formOf(fields));
    expect(await response.json()).toMatchObject({ page: "/-/links/script" });
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining("notice=")]);
  });

  test("with the fields after it, and beside a target that a file has no use for", async () => {
    const fields = { file: file("a.txt"), link_type: "file", short_code: "late", url: "nonsense" };
    expect((await site.post("/add", formOf(fields))).status).toBe(201);
    expect(await site.stored("late")).toMatchObject({ target: "", content: { name: "a.txt" } });
  });

  test("as many bytes as are allowed, to the last", async () => {
    const whole = new Uint8Array(MEGABYTE);
    expect((await site.post("/add", formOf({ file: file("whole.zip", whole) }))).status).toBe(201);
    const more = new Uint8Array(MEGABYTE + 1);
    const refused = await site.post("/add", formOf({ file: file("more.zip", more) }));
    expect(await refused.json()).toMatchObject({
      code: "too_large",
      detail: files.tooLarge(formatBytes(MEGABYTE)),
    });
  });

  test("and its form sent twice makes one link, and two links with another file", async () => {
    const fields = { form_id: "one", link_type: "file", file: file("a.txt") };
    const answers = await Promise.all([
      site.post("/add", formOf(fields)),
      site.post("/add", formOf(fields)),
    ]);
    const [first, second] = answers.map(({ headers }) => headers.get("location"));
    expect(first).toStartWith("/");
    expect(second).toBe(first as string);
    for (const other of [file("b.txt"), file("a.txt", "other")]) {
      const response = await site.post("/add", formOf({ ...fields, file: other }));
      expect(response.headers.get("location")).not.toBe(first as string);
    }
  });
});

describe("a link of a file is edited", () => {
  beforeAll(async () => {
    await site.post(
      "/add",
      formOf({ short_code: "edited", link_type: "file", file: file("old.txt") }),
    );
  });

  const edit = (fields: Fields) =>
    site.post("/edit_link/edited", formOf(fields), { accept: "text/html" });

  test("and keeps its bytes where none come", async () => {
    for (const fields of [{ title: "T" }, { title: "T", link_type: "file", file: file("", "") }]) {
      expect((await edit(fields)).status).toBe(303);
      expect(await site.stored("edited")).toMatchObject({
        title: "T",
        content: { name: "old.txt" },
      });
    }
  });

  test("and gets new bytes, a new name, and is shown in the browser", async () => {
    await edit({ inline: "on", file: file("new.txt", "new") });
    expect(await site.stored("edited")).toMatchObject({
      inline: true,
      content: { name: "new.txt" },
    });
    expect(await site.open("edited")).toBe("new");
  });

  test("and leads elsewhere, and is a file again", async () => {
    expect((await edit({ link_type: "redirect" })).status).toBe(422);
    await edit({ link_type: "redirect", url: "https://example.com/" });
    expect(await site.stored("edited")).toMatchObject({ kind: "redirect", content: null });
    const page = await readPage(await edit({ link_type: "file" }));
    expect(page.problems).toEqual({ file: text.input.noContent });
    await edit({ link_type: "file", file: file("again.txt") });
    expect(await site.stored("edited")).toMatchObject({ kind: "file", target: "" });
    expect(await site.open("edited")).toBe("hello");
  });

  test("by a form for each kind, that keeps what it can", async () => {
    const headers = { cookie: site.cookie };
    const pageOf = async (query: string) =>
      await readPage(await fetch(`${site.origin}/edit_link/edited${query}`, { headers }));
    expect((await pageOf("")).text).toContain("again.txt (5 bytes)");
    expect((await pageOf("")).values).toMatchObject({ link_type: "file", inline: "on" });
    expect((await pageOf("?link_type=redirect")).values).toMatchObject({ link_type: "redirect" });
    expect((await pageOf("?link_type=carrot")).values).toMatchObject({ link_type: "file" });
  });

  test("by an administrator, and stays its owner's", async () => {
    const admin = await site.world.signIn(site.world.people.admin);
    const before = (await site.world.app.files.blobs.usageOf(site.world.people.alice.id)).bytes;
    const fields = formOf({ file: file("admin.txt", "longer than before") });
    expect((await site.post("/edit_link/edited", fields, { cookie: admin })).status).toBe(200);
    const { bytes } = await site.world.app.files.blobs.usageOf(site.world.people.alice.id);
    expect(bytes - before).toBe("longer than before".length);
  });

  test("by nobody else, and nothing is read of what they send", async () => {
    const bob = await site.world.signIn(site.world.people.bob);
    const fields = formOf({ file: file("bob.txt") });
    expect((await site.post("/edit_link/edited", fields, { cookie: bob })).status).toBe(404);
    expect((await site.stored("edited")).content?.name).toBe("admin.txt");
  });
});

describe("a form without a file that can be taken", () => {
  const CHOOSE = text.input.noContent;
  const rows: [why: string, fields: Fields, problems: Readonly<Record<string, string>>][] = [
    ["none", { link_type: "file" }, { file: CHOOSE }],
    ["a field left empty", { link_type: "file", file: file("", "") }, { file: CHOOSE }],
    ["text in its place", { link_type: "file", file: "hello" }, { file: CHOOSE }],
    ["a file for another kind", { link_type: "file", html_file: file("a.html") }, { file: CHOOSE }],
    ["a document's text", { link_type: "markdown", file: file("a.md") }, { markdown_file: CHOOSE }],
    [
      "more that is wrong",
      { link_type: "file", short_code: "a b", expiry: "span", expires_in: "soon" },
      {
        file: CHOOSE,
        short_code: text.shortCode.badCharacters,
        expires_in: text.expiry.unreadable,
      },
    ],
  ];

  test.each(rows)("%s: 422", async (_, fields, problems) => {
    const page = await site.post("/add", formOf(fields), { accept: "text/html" });
    expect(page.status).toBe(422);
    expect((await readPage(page)).problems).toEqual(problems);
    const json = await site.post("/add", formOf(fields));
    expect(await json.json()).toMatchObject({ code: "invalid", errors: problems });
  });

  test("has to be filled in but for its file, which is asked for again", async () => {
    const fields = { link_type: "file", short_code: "login", title: "T", file: file("a.txt") };
    const page = await readPage(await site.post("/add", formOf(fields), { accept: "text/html" }));
    expect(page.values).toMatchObject({ link_type: "file", short_code: "login", title: "T" });
    expect(page.problems).toEqual({ short_code: text.shortCode.reserved("login") });
    expect(page.text).toContain(formText.source.chooseAgain);
  });
});

test("opens new files in the browser as the site's setting and the link say", async () => {
  for (const byDefault of [true, false]) {
    const world = await openTestApp({ settings: { "files.inline": byDefault } });
    const cookie = await world.signIn(world.people.alice);
    const add = async (fields: Fields) => {
      const headers = { cookie, accept: "application/json" };
      const body = formOf({ file: file("a.txt"), ...fields });
      const { shortCode } = await told(
        await world.request("/add", { method: "POST", body, headers }),
      );
      return (await world.request(`/${shortCode}`)).headers
        .get("content-disposition")
        ?.split(";")[0];
    };
    expect(await add({})).toBe(byDefault ? "inline" : "attachment");
    expect(await add({ inline: "on" })).toBe("inline");
    expect(await add({ inline: "off" })).toBe("attachment");
    const page = await world.request("/add?link_type=file", { headers: { cookie } });
    expect((await readPage(page)).values.inline).toBe(byDefault ? "on" : "");
    await world.close();
  }
});

describe("location and camera data of a picture", () => {
  const comment = Buffer.from([0xff, 0xfe, 0, 8, ...Buffer.from("SECRET")]);
  const picture = Buffer.from([0xff, 0xd8, 0xff, 0xda, 0, 2, 1, 2, 0xff, 0xd9]);
  const sent = new Uint8Array([...picture.subarray(0, 2), ...comment, ...picture.subarray(2)]);
  const hashOf = (bytes: Uint8Array) => new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
  const add = async (fields: Fields) =>
    (await told(await site.post("/add", formOf({ file: file("a.jpg", sent), ...fields }))))
      .shortCode;
  const sizeOf = async (code: string) => (await site.stored(code)).content?.size;

  test("stay for programs, and go where the form asks for it", async () => {
    expect(await sizeOf(await add({ link_type: "file" }))).toBe(sent.length);
    const kept = await add({ link_type: "file", remove_metadata: "off" });
    expect(await sizeOf(kept)).toBe(sent.length);
    const code = await add({ link_type: "file", remove_metadata: "on" });
    expect(await site.open(code)).not.toContain("SECRET");
    expect((await site.stored(code)).content).toMatchObject({
      size: picture.length,
      sha256: hashOf(picture),
    });
    const page = await readPage(
      await fetch(`${site.origin}/-/links/${code}`, { headers: { cookie: site.cookie } }),
    );
    for (const hash of [hashOf(picture), hashOf(sent)]) expect(page.text).toContain(hash);
    expect(page.text).toContain(viewerText.facts.removed);
  });

  test("go from each file of a collection, and from those that are added to it", async () => {
    const formWith = (fields: Fields, ...names: string[]) => {
      const form = formOf({ remove_metadata: "on", ...fields });
      for (const name of names) form.append("files", file(name, sent));
      return form;
    };
    const fields = { link_type: "collection", short_code: "album" };
    expect((await site.post("/add", formWith(fields, "a.jpg", "b.jpg"))).status).toBe(201);
    expect((await site.post("/-/files/album", formWith({}, "c.jpg"))).status).toBe(200);
    const { links, files: stored } = site.world.app;
    const all = await Array.fromAsync(links.files.all((await site.stored("album")).id));
    expect(all.map(({ path, content }) => [path, content.size])).toEqual(
      ["a.jpg", "b.jpg", "c.jpg"].map((name) => [name, picture.length]),
    );
    const [first] = all;
    expect(await stored.removedMetadata.findOriginal(first?.content.blobId ?? 0)).toBe(
      hashOf(sent),
    );
  });

  test("go from a file that replaces another one", async () => {
    const code = await add({ link_type: "file" });
    const fields = { link_type: "file", remove_metadata: "on", file: file("b.jpg", sent) };
    expect((await site.post(`/edit_link/${code}`, formOf(fields))).status).toBe(200);
    expect(await site.open(code)).not.toContain("SECRET");
  });

  test("cannot be removed from a damaged picture, which is refused at its field", async () => {
    const damaged = file("a.jpg", new Uint8Array([...sent.subarray(0, 12), 1, 2, 3]));
    const body = formOf({ link_type: "file", remove_metadata: "on", file: damaged });
    const page = await readPage(await site.post("/add", body, { accept: "text/html" }));
    expect(page.problems).toEqual({ file: files.metadataStays });
    expect(page.values.remove_metadata).toBe("on");
  });

  test("are no matter of other files", async () => {
    const body = formOf({ link_type: "file", remove_metadata: "on", file: file("a.txt") });
    expect((await site.post("/add", body)).status).toBe(201);
  });

  test("are removed beforehand as the site's setting says", async () => {
    for (const isChosen of [true, false]) {
      const world = await openTestApp({ settings: { "files.remove_metadata": isChosen } });
      const cookie = await world.signIn(world.people.alice);
      const page = await world.request("/add?link_type=file", { headers: { cookie } });
      expect((await readPage(page)).values.remove_metadata).toBe(isChosen ? "on" : "");
      await world.close();
    }
  });
});

test("takes a file of any name by default", async () => {
  const world = await openTestApp();
  const cookie = await world.signIn(world.people.alice);
  for (const name of ["a.heic", "a.webm", "a.ts", "a.epub", "a.exe", "LICENSE"]) {
    const body = formOf({ file: file(name) });
    const headers = { cookie, accept: "application/json" };
    expect((await world.request("/add", { method: "POST", body, headers })).status).toBe(201);
  }
  await world.close();
});

test("only files with allowed endings are taken, and the refusal lists these", async () => {
  const strict = await openTestApp({ settings: { "files.allowed_extensions": ["txt", "gz"] } });
  const cookie = await strict.signIn(strict.people.alice);
  const send = async (name: string) => {
    const body = formOf({ link_type: "file", file: file(name) });
    const headers = { cookie, accept: "application/json" };
    return await told(await strict.request("/add", { method: "POST", body, headers }));
  };
  for (const name of ["a.txt", "A.TXT", "a.tar.gz"]) {
    expect(await send(name)).toMatchObject({ shortCode: expect.any(String) });
  }
  for (const [name, message] of [
    ["a.exe", files.notAllowed("exe", "txt, gz")],
    ["a.txt.exe", files.notAllowed("exe", "txt, gz")],
    ["a", files.noExtension("txt, gz")],
  ] as const) {
    expect((await send(name)).errors).toEqual({ file: message });
  }
  await strict.close();
});
