import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { type ApiWorld, openApiWorld } from "../api-world.ts";
import { begin, bytesOf, head, metadata, patch, TUS } from "./tus.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld();
});
afterAll(() => world.close());

const open = async (code: string) => (await world.request(`/${code}?download=1`)).bytes();

describe("an upload in portions", () => {
  test("goes on where it stopped, and becomes a link with its last byte", async () => {
    const path = await begin(world, 10, {
      filename: "notes.txt",
      short_code: "notes",
      tags: "a,b",
    });
    expect(await patch(world, path, 0, "hello")).toMatchObject({
      status: 204,
      offset: 5,
      url: null,
    });
    expect(await head(world, path)).toMatchObject({ status: 200, offset: 5, length: 10 });
    const last = await patch(world, path, 5, "world");
    expect(last).toMatchObject({ status: 204, offset: 10, url: "http://trunk8.test/notes" });
    expect(last.answer.headers.get("content-location")).toBe("/api/v1/links/notes");
    expect(new TextDecoder().decode(await open("notes"))).toBe("helloworld");
    const { body } = await world.ask("GET", "/api/v1/links/notes");
    expect(body).toMatchObject({ tags: ["a", "b"], file: { name: "notes.txt", size: 10 } });
    expect(await head(world, path)).toMatchObject({ offset: 10, url: "http://trunk8.test/notes" });
    expect((await world.ask("GET", href("apiUploads"))).body.items).toEqual([]);
  });

  test("of no bytes is complete at once", async () => {
    const answer = await world.ask("POST", href("apiUploads"), {
      headers: {
        ...TUS,
        "upload-length": "0",
        "upload-metadata": metadata({ filename: "empty.txt" }),
      },
    });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("trunk8-url")).not.toBeNull();
  });

  test("loses its metadata where that is asked for", async () => {
    const comment = [0xff, 0xfe, 0, 3, 1];
    const image = new Uint8Array([0xff, 0xd8, ...comment, 0xff, 0xda, 0, 2, 9, 0xff, 0xd9]);
    const fields = { filename: "a.jpg", short_code: "cleaned", remove_metadata: "true" };
    const path = await begin(world, image.length, fields);
    expect(await patch(world, path, 0, image)).toMatchObject({ status: 204 });
    const { body } = await world.ask("GET", "/api/v1/links/cleaned");
    expect(body).toMatchObject({ file: { size: image.length - comment.length } });
    expect(await head(world, path)).toMatchObject({ url: "http://trunk8.test/cleaned" });
  });

  test("with a purpose of hold waits", async () => {
    const path = await begin(world, 3, { filename: "a.bin", purpose: "hold" });
    expect(await patch(world, path, 0, "abc")).toMatchObject({ offset: 3, url: null });
    expect((await world.ask("GET", path)).body).toMatchObject({
      is_complete: true,
      purpose: "hold",
      short_code: null,
    });
    expect((await world.ask("DELETE", path, { headers: TUS })).status).toBe(204);
    expect((await head(world, path)).status).toBe(404);
  });

  test("is its owner's alone", async () => {
    const path = await begin(world, 3, { filename: "a.bin" });
    const by = world.people.bob;
    for (const method of ["HEAD", "DELETE", "GET"])
      expect((await world.ask(method, path, { by, headers: TUS })).status).toBe(404);
    expect((await world.ask("HEAD", path, { by: null, headers: TUS })).status).toBe(401);
    expect(await patch(world, path, 0, bytesOf(3))).toMatchObject({ status: 204, offset: 3 });
  });
});

describe("a complete upload without a link", () => {
  const held = async (fields = {}) => {
    const path = await begin(world, 3, { filename: "a.txt", purpose: "hold", ...fields });
    await patch(world, path, 0, "abc");
    return path.split("/").at(-1) ?? "";
  };

  test("is taken by a request that creates a link, once", async () => {
    const json = { upload: await held(), title: "T" };
    const made = await world.ask("POST", href("apiLinks"), { json });
    expect(made).toMatchObject({
      status: 201,
      body: { title: "T", file: { name: "a.txt", size: 3 } },
    });
    expect(new TextDecoder().decode(await open(made.body.short_code))).toBe("abc");
    const again = await world.ask("POST", href("apiLinks"), { json });
    expect(again).toMatchObject({ status: 422, body: { errors: [{ pointer: "#/upload" }] } });
  });

  test("stays where the link is refused", async () => {
    const upload = await held();
    await world.ask("POST", href("apiLinks"), { json: { short_code: "taken", content: "x" } });
    const json = { upload, short_code: "taken" };
    expect((await world.ask("POST", href("apiLinks"), { json })).status).toBe(422);
    const other = { ...json, short_code: "other" };
    expect((await world.ask("POST", href("apiLinks"), { json: other })).status).toBe(201);
  });

  test("is taken by the form, for a new link and for one that there is", async () => {
    const cookie = await world.signIn(world.people.alice);
    const send = async (path: string, fields: Readonly<Record<string, string>>) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      return await world.request(path, {
        method: "POST",
        body,
        headers: { cookie, accept: "application/json" },
      });
    };
    const fields = { link_type: "file", short_code: "by-form", upload: await held() };
    expect((await send(href("add"), fields)).status).toBe(201);
    expect(new TextDecoder().decode(await open("by-form"))).toBe("abc");
    const path = await begin(world, 4, { filename: "b.txt", purpose: "hold" });
    await patch(world, path, 0, "1234");
    const upload = path.split("/").at(-1) ?? "";
    const edit = href("editLink", { shortCode: "by-form" });
    expect((await send(edit, { link_type: "file", upload })).status).toBe(200);
    expect(new TextDecoder().decode(await open("by-form"))).toBe("1234");
    expect((await send(edit, { link_type: "file", upload })).status).toBe(422);
  });

  test("of another user is none", async () => {
    const upload = await held();
    const by = world.people.bob;
    expect((await world.ask("POST", href("apiLinks"), { json: { upload }, by })).status).toBe(422);
  });
});
