import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { contentsOf } from "../../links/files/collection.ts";
import { type ApiWorld, openApiWorld } from "../api-world.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

const filesAt = (shortCode: string) => href("apiLinkFiles", { shortCode });

function formOf(fields: Readonly<Record<string, string>>, ...names: readonly string[]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const name of names) form.append("file", new Blob([`in ${name}`]), name);
  return form;
}

async function create(short_code: string, ...names: readonly string[]): Promise<void> {
  const body = formOf({ kind: "collection", short_code }, ...names);
  expect((await world.ask("POST", href("apiFiles"), { body })).status).toBe(201);
}

async function uploaded(name: string, text: string): Promise<string> {
  const created = await world.ask("POST", href("apiUploads"), {
    headers: {
      "tus-resumable": "1.0.0",
      "upload-length": String(text.length),
      "upload-metadata": `filename ${btoa(name)},purpose ${btoa("hold")}`,
      "content-type": "application/offset+octet-stream",
    },
    body: text,
  });
  expect(created.status).toBe(201);
  return created.headers.get("location")?.split("/").at(-1) ?? "";
}

describe("a collection over the API", () => {
  test("is made of the files of a form, and keeps their folders", async () => {
    await create("made", "a.txt", "sub/b.txt", "../a.txt", "sub/b.txt");
    expect(await contentsOf(world, "made")).toEqual([
      ["a.txt", "in a.txt"],
      ["sub/b.txt", "in sub/b.txt"],
      ["a (2).txt", "in ../a.txt"],
      ["sub/b (2).txt", "in sub/b.txt"],
    ]);
    const { body } = await world.ask("GET", href("apiLink", { shortCode: "made" }));
    expect(body).toMatchObject({ kind: "collection", file: null, target: null });
  });

  test("lists its files in pages, changes them and takes more", async () => {
    await create("listed", "1.txt", "2.txt", "3.txt");
    const first = await world.ask("GET", `${filesAt("listed")}?limit=2`);
    expect(first.body.items.map(({ path }) => path)).toEqual(["1.txt", "2.txt"]);
    const rest = await world.ask("GET", `${filesAt("listed")}?after=${first.body.next}`);
    expect(rest.body.items[0]).toMatchObject({ path: "3.txt", size: 8, title: "" });
    const [one, two] = first.body.items;
    const files = [
      { id: one?.id, position: 3, title: "Last" },
      { id: two?.id, remove: true },
    ];
    const changed = await world.ask("PATCH", filesAt("listed"), { json: { files } });
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"r2"']);
    const body = formOf({}, "1.txt", "4.txt");
    const stale = { body, headers: { "if-match": '"r1"' } };
    expect((await world.ask("POST", filesAt("listed"), stale)).status).toBe(412);
    expect((await world.ask("POST", filesAt("listed"), { body })).status).toBe(200);
    expect((await contentsOf(world, "listed")).map(([path]) => path)).toEqual([
      "3.txt",
      "1.txt",
      "4.txt",
    ]);
  });

  test("is made of uploads in portions, and takes more of them", async () => {
    const [one, two] = [await uploaded("one.txt", "first"), await uploaded("two.txt", "second")];
    const files = [{ upload: one, path: "sub/1.txt", title: "One" }, { upload: two }];
    const json = { kind: "collection", short_code: "sent", files };
    expect((await world.ask("POST", href("apiLinks"), { json })).status).toBe(201);
    const again = await world.ask("POST", href("apiLinks"), {
      json: { ...json, short_code: "twice" },
    });
    expect(again.status).toBe(422);
    const add = [{ upload: await uploaded("three.txt", "third") }];
    expect((await world.ask("PATCH", filesAt("sent"), { json: { add } })).status).toBe(200);
    expect(await contentsOf(world, "sent")).toEqual([
      ["sub/1.txt", "first"],
      ["two.txt", "second"],
      ["three.txt", "third"],
    ]);
  });

  test.each([
    ["no files", { kind: "collection" }, 422],
    ["an empty list", { kind: "collection", files: [] }, 422],
    ["a text", { kind: "collection", content: "text" }, 422],
    ["files of another kind", { kind: "file", files: [{ upload: "none" }] }, 422],
    ["an unknown upload", { kind: "collection", files: [{ upload: "none" }] }, 422],
  ])("is refused with %s", async (_, json, status) => {
    expect((await world.ask("POST", href("apiLinks"), { json })).status).toBe(status);
  });

  test("is a form, and other kinds have one file", async () => {
    const raw = await world.ask("POST", `${href("apiFiles")}?kind=collection&name=a.txt`, {
      body: "bytes",
      headers: { "content-type": "text/plain" },
    });
    expect(raw.status).toBe(422);
    const body = formOf({ kind: "file" }, "a.txt", "b.txt");
    expect((await world.ask("POST", href("apiFiles"), { body })).status).toBe(422);
  });
});
