/** HTML pages of several files: how they are made, changed, replaced and taken along, by the API and by the forms. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { operator } from "../../../src/policy.ts";
import { oddZip } from "../../archive/zips.ts";
import { contentsOf } from "../../links/files/collection.ts";
import { as } from "../../world.ts";
import { type ApiWorld, openApiWorld } from "../api-world.ts";

let world: ApiWorld;
let cookie: string;
beforeAll(async () => {
  world = await openApiWorld({ settings: { "links.trash_days": 30 } });
  cookie = await world.signIn(world.people.alice);
});
afterAll(() => world.close());

type Texts = Readonly<Record<string, string>>;

const zipOf = (texts: Texts): Uint8Array<ArrayBuffer> =>
  new Uint8Array(
    oddZip(Object.entries(texts).map(([name, bytes]) => ({ name, bytes, isPacked: true }))),
  );
const fileOf = (bytes: Uint8Array<ArrayBuffer> | string, name: string) => new File([bytes], name);
const OLD = { "index.html": "old page", "a.css": "old style", "docs/b.js": "script" };
const NEW = { "index.html": "new page", "a.css": "new style" };

/** All files of a page, its own first. */
async function filesOf(shortCode: string): Promise<[string, string][]> {
  const { content } = await world.app.links.get(operator, shortCode);
  if (content === null) throw new Error("No content");
  const page = await (await world.app.files.blobs.open(content)).text();
  return [["index.html", page], ...(await contentsOf(world, shortCode))];
}

function formOf(fields: Readonly<Record<string, string | File | readonly File[]>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields))
    for (const each of [value].flat()) form.append(name, each as string);
  return form;
}

const post = (path: string, body: FormData) =>
  world.request(path, {
    method: "POST",
    body,
    headers: { cookie, accept: "application/json", "sec-fetch-site": "same-origin" },
  });

const bytesOf = (...texts: readonly Texts[]) =>
  [...new Set(texts.flatMap((each) => Object.values(each)))].join("").length;

const usage = async () => (await world.app.files.blobs.usageOf(world.people.alice.id)).bytes;

async function expectConsistent(): Promise<void> {
  const { consistency } = world.app.files;
  const faults = [
    ...(await Array.fromAsync(consistency.findWrongUses())),
    ...(await Array.fromAsync(consistency.findDamaged(true))),
  ];
  expect(faults).toEqual([]);
}

async function create(short_code: string, texts: Texts = OLD): Promise<void> {
  const body = formOf({ kind: "html", short_code, file: fileOf(zipOf(texts), "site.zip") });
  expect((await world.ask("POST", href("apiFiles"), { body })).status).toBe(201);
}

describe("an HTML page of several files is made", () => {
  test("of a zip in a form of the API, or of the zip itself", async () => {
    await create("zipped");
    expect(await filesOf("zipped")).toEqual(Object.entries(OLD));
    const path = `${href("apiFiles")}?kind=html&short_code=raw&name=site.zip`;
    const raw = { body: zipOf(OLD), headers: { "content-type": "application/zip" } };
    expect((await world.ask("POST", path, raw)).status).toBe(201);
    expect(await filesOf("raw")).toEqual(Object.entries(OLD));
    const { body } = await world.ask("GET", href("apiLink", { shortCode: "raw" }));
    expect(body).toMatchObject({ kind: "html", file: { name: "index.html", size: 8 } });
    const listed = await world.ask("GET", href("apiLinkFiles", { shortCode: "raw" }));
    expect(listed.body.items.map(({ path: each }) => each)).toEqual(["a.css", "docs/b.js"]);
  });

  test("of several files of such a form, with their folders", async () => {
    const file = Object.entries(OLD).map(([name, bytes]) => fileOf(bytes, `top/${name}`));
    const body = formOf({ kind: "html", short_code: "several", file });
    expect((await world.ask("POST", href("apiFiles"), { body })).status).toBe(201);
    expect(await filesOf("several")).toEqual(Object.entries(OLD));
    const without = formOf({ kind: "html", file: file.slice(1) });
    const refused = await world.ask("POST", href("apiFiles"), { body: without });
    expect([refused.status, refused.body.errors[0]]).toMatchObject([422, { pointer: "#/file" }]);
  });

  test("of uploads in portions: a zip, or several", async () => {
    const upload = await uploaded("site.zip", zipOf(OLD));
    const json = { kind: "html", short_code: "uploaded", upload };
    expect((await world.ask("POST", href("apiLinks"), { json })).status).toBe(201);
    expect(await filesOf("uploaded")).toEqual(Object.entries(OLD));
    const files = [];
    for (const [path, bytes] of Object.entries(OLD))
      files.push({ upload: await uploaded("x", Buffer.from(bytes)), path });
    const several = { kind: "html", short_code: "portions", files };
    expect((await world.ask("POST", href("apiLinks"), { json: several })).status).toBe(201);
    expect(await filesOf("portions")).toEqual(Object.entries(OLD));
  });

  test("of a zip, or of a folder, in the form of the site", async () => {
    const html_file = fileOf(zipOf(OLD), "site.zip");
    const zipped = formOf({ link_type: "html", short_code: "form", html_file });
    expect((await post("/add", zipped)).status).toBe(201);
    expect(await filesOf("form")).toEqual(Object.entries(OLD));
    const files = Object.entries(OLD).map(([name, bytes]) => fileOf(bytes, `top/${name}`));
    const fields = { html_input_type: "file", html_text_content: "", files };
    const folder = formOf({ link_type: "html", short_code: "folder", ...fields });
    expect((await post("/add", folder)).status).toBe(201);
    expect(await filesOf("folder")).toEqual(Object.entries(OLD));
    await expectConsistent();
  });

  test("not of a zip without a page, which is named", async () => {
    const html_file = fileOf(zipOf({ "a.html": "page" }), "site.zip");
    const refused = await post("/add", formOf({ link_type: "html", html_file }));
    const answer = await refused.json();
    expect([refused.status, JSON.stringify(answer)]).toEqual([
      422,
      expect.stringMatching(/html_file.*no index\.html|no index\.html.*html_file/),
    ]);
  });

  test("and of the same form twice, once", async () => {
    const sent = () =>
      formOf({ link_type: "html", form_id: "same", html_file: fileOf(zipOf(OLD), "site.zip") });
    const first = await (await post("/add", sent())).json();
    expect(await (await post("/add", sent())).json()).toEqual(first);
    await expectConsistent();
  });
});

describe("an HTML page of several files", () => {
  const edit = (shortCode: string, fields: Parameters<typeof formOf>[0]) =>
    post(href("editLink", { shortCode }), formOf({ link_type: "html", ...fields }));

  test("is replaced as a whole by another zip, and its bytes go", async () => {
    const before = await usage();
    await create("replaced", { "index.html": "page 1", "a.css": "style 1", "b.css": "both" });
    const html_file = fileOf(
      zipOf({ "index.html": "page two", "a.css": "style two", "c.css": "both" }),
      "site.zip",
    );
    expect((await edit("replaced", { html_file })).status).toBe(200);
    expect(await filesOf("replaced")).toEqual([
      ["index.html", "page two"],
      ["a.css", "style two"],
      ["c.css", "both"],
    ]);
    // The former page is one of its versions.
    expect((await usage()) - before).toBe("page 1page twostyle twoboth".length);
    await world.app.links.discard(operator, "replaced");
    expect(await usage()).toBe(before);
    await expectConsistent();
  });

  test("keeps its files where its text is edited, and where other fields are", async () => {
    await create("edited");
    await edit("edited", { html_input_type: "text", html_text_content: "typed" });
    await edit("edited", { title: "New title" });
    const json = { content: "by the API" };
    const path = href("apiLink", { shortCode: "edited" });
    expect((await world.ask("PATCH", path, { json })).status).toBe(200);
    expect((await filesOf("edited")).map(([name]) => name)).toEqual(Object.keys(OLD));
    expect((await filesOf("edited"))[0]).toEqual(["index.html", "by the API"]);
    const former = await world.ask("GET", href("apiVersions", { shortCode: "edited" }));
    expect(former.body.items).toHaveLength(3);
  });

  test("becomes a single page by a file, and one of several again", async () => {
    await create("single");
    expect((await edit("single", { html_file: fileOf("alone", "page.html") })).status).toBe(200);
    expect(await filesOf("single")).toEqual([["index.html", "alone"]]);
    expect((await world.request("/single")).status).toBe(200);
    const path = href("apiContent", { shortCode: "single" });
    const zipped = { body: zipOf(NEW), headers: { "content-type": "application/zip" } };
    expect((await world.ask("PUT", path, zipped)).status).toBe(200);
    expect(await filesOf("single")).toEqual(Object.entries(NEW));
    expect((await world.request("/single")).headers.get("location")).toBe("/single/");
    const plain = { body: "again", headers: { "content-type": "text/html" } };
    expect((await world.ask("PUT", path, plain)).status).toBe(200);
    expect(await filesOf("single")).toEqual([["index.html", "again"]]);
    await expectConsistent();
  });

  test("loses its files as another kind", async () => {
    const before = await usage();
    await create("other");
    const json = { kind: "redirect", target: "https://example.org/" };
    await world.ask("PATCH", href("apiLink", { shortCode: "other" }), { json });
    expect(await contentsOf(world, "other")).toEqual([]);
    await world.app.links.discard(operator, "other");
    expect(await usage()).toBe(before);
    await expectConsistent();
  });

  test("has its files changed one by one, but not its page", async () => {
    await create("changed");
    const at = href("apiLinkFiles", { shortCode: "changed" });
    const { body } = await world.ask("GET", at);
    const [style, script] = body.items;
    const files = [
      { id: style?.id, path: "style/b.css" },
      { id: script?.id, remove: true },
    ];
    expect((await world.ask("PATCH", at, { json: { files } })).status).toBe(200);
    const added = formOf({ file: fileOf("more", "more.txt") });
    expect((await world.ask("POST", at, { body: added })).status).toBe(200);
    expect((await filesOf("changed")).slice(1)).toEqual([
      ["style/b.css", "old style"],
      ["more.txt", "more"],
    ]);
    const page = formOf({ file: fileOf("page", "index.html") });
    expect((await world.ask("POST", at, { body: page })).status).toBe(422);
    const all = await world.ask("GET", at);
    const none = all.body.items.map(({ id }) => ({ id, remove: true }));
    expect((await world.ask("PATCH", at, { json: { files: none } })).status).toBe(200);
    expect((await world.request("/changed")).status).toBe(200);
  });

  test("goes to another owner, into the trash and back, with all of it", async () => {
    const { bob, admin } = world.people;
    const before = await usage();
    const texts = { "index.html": "to transfer", "a.css": "transferred style" };
    await create("moved", texts);
    await world.app.links.transfer.transfer(as(admin), ["moved"], "bob");
    expect(await filesOf("moved")).toEqual(Object.entries(texts));
    expect([await usage(), (await world.app.files.blobs.usageOf(bob.id)).bytes]).toEqual([
      before,
      bytesOf(texts),
    ]);
    await world.app.links.remove(as(bob), "moved");
    expect((await world.request("/moved/a.css")).status).toBe(404);
    await world.app.links.trash.recover(as(bob), ["moved"]);
    expect((await world.request("/moved/a.css")).status).toBe(200);
    await world.app.links.discard(as(bob), "moved");
    expect((await world.app.files.blobs.usageOf(bob.id)).bytes).toBe(0);
    await expectConsistent();
  });

  test("beyond the quota is refused, and nothing of it stays", async () => {
    const { alice } = world.people;
    const { blobs } = world.app.files;
    const before = await usage();
    await blobs.setQuota(operator, alice.id, before + 100);
    const body = formOf({
      kind: "html",
      file: fileOf(zipOf({ ...NEW, "big.txt": "x".repeat(5000) }), "site.zip"),
    });
    const refused = await world.ask("POST", href("apiFiles"), { body });
    expect([refused.status, refused.body.code]).toEqual([507, "over_quota"]);
    expect(await usage()).toBe(before);
    await blobs.setQuota(operator, alice.id, 0);
    await expectConsistent();
  });
});

async function uploaded(name: string, bytes: Uint8Array): Promise<string> {
  const created = await world.ask("POST", href("apiUploads"), {
    headers: {
      "tus-resumable": "1.0.0",
      "upload-length": String(bytes.length),
      "upload-metadata": `filename ${btoa(name)},purpose ${btoa("hold")}`,
      "content-type": "application/offset+octet-stream",
    },
    body: new Uint8Array(bytes),
  });
  expect(created.status).toBe(201);
  return created.headers.get("location")?.split("/").at(-1) ?? "";
}
