/** What tus 1.0 says of each wrong request, and what stays as it was. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { href } from "../../../src/http/urls.ts";
import { type ApiWorld, openApiWorld } from "../api-world.ts";
import { BYTES, begin, bytesOf, head, metadata, patch, TUS } from "./tus.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld({ settings: { "app.max_file_size_mb": 1 } });
});
afterAll(() => world.close());

const create = async (headers: Readonly<Record<string, string>>, body?: string) =>
  await world.ask("POST", href("apiUploads"), {
    headers: { ...TUS, ...headers },
    ...(body !== undefined && { body }),
  });

const sha1 = (bytes: string) => new Bun.CryptoHasher("sha1").update(bytes).digest("base64");
const long = "x".repeat(10_000);

describe("a new upload is refused", () => {
  test.each<[what: string, status: number, headers: Record<string, string>]>([
    ["without a version", 412, { "tus-resumable": "", "upload-length": "1" }],
    ["of another version", 412, { "tus-resumable": "0.2.2", "upload-length": "1" }],
    ["without a length", 400, {}],
    ["with both lengths", 400, { "upload-length": "1", "upload-defer-length": "1" }],
    ["with another word for later", 400, { "upload-defer-length": "2" }],
    ["of a length that is no number", 400, { "upload-length": "1e3" }],
    ["of a negative length", 400, { "upload-length": "-1" }],
    ["that is too large", 413, { "upload-length": "1048577" }],
    ["with metadata that are no Base64", 400, { "upload-length": "1", "upload-metadata": "a !" }],
    ["with a key twice", 400, { "upload-length": "1", "upload-metadata": "a YQ==,a YQ==" }],
    [
      "with 10 KB of metadata",
      400,
      { "upload-length": "1", "upload-metadata": metadata({ note: long }) },
    ],
    [
      "with a reserved short code",
      422,
      { "upload-length": "1", "upload-metadata": metadata({ short_code: "login" }) },
    ],
    [
      "with a password",
      422,
      { "upload-length": "1", "upload-metadata": metadata({ password: "secret" }) },
    ],
    [
      "with an expiry that cannot be read",
      422,
      { "upload-length": "1", "upload-metadata": metadata({ expires_in: "soon" }) },
    ],
  ])("%s", async (_, status, headers) => {
    const answer = await create(headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("tus-resumable")).toBe("1.0.0");
    expect(answer.headers.get("tus-version")).toBe("1.0.0");
    expect((await world.ask("GET", href("apiUploads"))).body.items).toEqual([]);
  });
});

describe("bytes are refused, and nothing changes", () => {
  test.each<[what: string, status: number, headers: Record<string, string>, body: string]>([
    ["at a later offset", 409, { "upload-offset": "5" }, "abc"],
    ["at an earlier offset", 409, { "upload-offset": "0" }, "abc"],
    ["without an offset", 400, { "upload-offset": "" }, "abc"],
    ["of another type", 415, { "content-type": "text/plain" }, "abc"],
    ["in a content encoding", 415, { "content-encoding": "gzip" }, "abc"],
    ["without a version", 412, { "tus-resumable": "" }, "abc"],
    ["with another length", 400, { "upload-length": "11" }, "abc"],
    ["beyond the length", 413, {}, "abcdefghi"],
    ["with a wrong checksum", 460, { "upload-checksum": `sha1 ${sha1("other")}` }, "abc"],
    ["with an unknown checksum", 400, { "upload-checksum": "crc32 AAAA" }, "abc"],
  ])("%s", async (_, status, headers, body) => {
    const path = await begin(world, 10, { filename: "a.txt" });
    await patch(world, path, 0, "12");
    expect((await patch(world, path, 2, body, headers)).status).toBe(status);
    expect(await head(world, path)).toMatchObject({ offset: 2, length: 10 });
    expect((await patch(world, path, 2, "abcdefgh")).url).not.toBeNull();
  });

  test("of an upload that is gone", async () => {
    const path = await begin(world, 10, {});
    expect((await world.ask("DELETE", path, { headers: TUS })).status).toBe(204);
    expect((await patch(world, path, 0, "a")).status).toBe(404);
    expect((await world.ask("DELETE", path, { headers: TUS })).status).toBe(404);
  });
});

test.each(["none", "..%2F..%2Ftrunk8.db", "x".repeat(65)])("there is no upload %s", async (id) => {
  const path = `${href("apiUploads")}/${id}`;
  for (const method of ["HEAD", "DELETE", "GET"])
    expect([400, 404]).toContain((await world.ask(method, path, { headers: TUS })).status);
  expect([400, 404]).toContain((await patch(world, path, 0, "a")).status);
});

describe("what tus allows", () => {
  test("a checksum that is right", async () => {
    const path = await begin(world, 6, {});
    const first = { "upload-checksum": `sha1 ${sha1("abc")}` };
    expect((await patch(world, path, 0, "abc", first)).offset).toBe(3);
    const sum = new Bun.CryptoHasher("sha256").update("def").digest("base64");
    const last = await patch(world, path, 3, "def", { "upload-checksum": `sha256 ${sum}` });
    expect(last.url).not.toBeNull();
  });

  test("a length that is said later, once", async () => {
    const made = await create({ "upload-defer-length": "1" });
    const path = made.headers.get("location") ?? "";
    expect(
      (await world.ask("HEAD", path, { headers: TUS })).headers.get("upload-defer-length"),
    ).toBe("1");
    expect((await patch(world, path, 0, "abc")).offset).toBe(3);
    expect((await patch(world, path, 3, "", { "upload-length": "2" })).status).toBe(400);
    expect((await patch(world, path, 3, "d", { "upload-length": "5" })).offset).toBe(4);
    expect(await head(world, path)).toMatchObject({ offset: 4, length: 5 });
    expect((await patch(world, path, 4, "e", { "upload-length": "6" })).status).toBe(400);
    expect((await patch(world, path, 4, "e")).url).not.toBeNull();
  });

  test("bytes with the creation", async () => {
    const headers = { ...BYTES, "upload-length": "5", "upload-metadata": metadata({ title: "é" }) };
    const made = await create(headers, "abc");
    expect([made.status, made.headers.get("upload-offset")]).toEqual([201, "3"]);
    const path = made.headers.get("location") ?? "";
    const asked = await world.ask("HEAD", path, { headers: TUS });
    expect(asked.headers.get("upload-metadata")).toBe(metadata({ title: "é" }));
    expect((await patch(world, path, 3, "de")).url).not.toBeNull();
  });

  test("another method in a header", async () => {
    const path = await begin(world, 3, {});
    const headers = { ...BYTES, "upload-offset": "0", "x-http-method-override": "PATCH" };
    const sent = await world.ask("POST", path, { headers, body: "ab" });
    expect([sent.status, sent.headers.get("upload-offset")]).toEqual([204, "2"]);
    const override = { ...TUS, "x-http-method-override": "DELETE" };
    expect((await world.ask("POST", path, { headers: override })).status).toBe(204);
    expect((await head(world, path)).status).toBe(404);
  });

  test("to ask what is possible", async () => {
    const { status, headers } = await world.ask("OPTIONS", href("apiUploads"), { by: null });
    expect(status).toBe(204);
    expect(headers.get("tus-max-size")).toBe("1048576");
    expect(headers.get("tus-checksum-algorithm")).toContain("sha1");
    expect(headers.get("tus-extension")).toContain("creation-with-upload");
  });

  test("a file whose bytes its owner has already needs none; another's does", async () => {
    const content = "the same bytes";
    const path = await begin(world, content.length, { filename: "a.txt" });
    await patch(world, path, 0, content);
    const sha256 = new Bun.CryptoHasher("sha256").update(content).digest("hex");
    const fields = metadata({ filename: "b.txt", sha256 });
    const headers = { ...TUS, "upload-length": String(content.length), "upload-metadata": fields };
    const made = await create(headers);
    expect(made.headers.get("upload-offset")).toBe(String(content.length));
    expect(made.headers.get("trunk8-url")).not.toBeNull();
    const code = made.headers.get("content-location")?.split("/").at(-1);
    expect(await (await world.request(`/${code}`)).text()).toBe(content);
    const by = world.people.bob;
    const other = await world.ask("POST", href("apiUploads"), { by, headers });
    expect(other.headers.get("upload-offset")).toBe("0");
    const longer = await create({ ...headers, "upload-length": "15" });
    expect(longer.headers.get("upload-offset")).toBe("0");
  });
});

test("a newer request goes on where the older one hangs", async () => {
  const path = await begin(world, 9, {});
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  async function* slowly() {
    yield new TextEncoder().encode("abc");
    begun.resolve();
    await gate.promise;
    yield new TextEncoder().encode("XXX");
  }
  const { uploads } = world.app.files;
  const id = path.split("/").at(-1) ?? "";
  const alice = world.people.alice;
  const actor = { is: "user", userId: alice.id, username: alice.username, role: "user" } as const;
  const addition = { offset: 0, bytes: slowly(), length: null, size: null, checksum: null };
  const older = uploads.add(actor, id, addition, 100).catch((thrown) => thrown.code);
  await begun.promise;
  expect(await head(world, path)).toMatchObject({ status: 200, offset: 3 });
  expect(await older).toBe("locked");
  gate.resolve();
  expect((await patch(world, path, 3, bytesOf(6))).url).not.toBeNull();
});

test("an upload whose bytes are gone, as after a restore, is gone", async () => {
  const { uploads } = world.app.files;
  const folder = join(world.dataFolder, "users", ".uploads");
  const paths = [await begin(world, 9, {}), await begin(world, 9, {})];
  for (const path of paths) {
    await patch(world, path, 0, "abc");
    rmSync(join(folder, path.split("/").at(-1) ?? ""));
  }
  expect((await head(world, paths[0] ?? "")).status).toBe(404);
  expect(await uploads.sweep(100)).toBe(1);
  expect((await world.ask("GET", paths[1] ?? "")).status).toBe(404);
});

test("unfinished uploads count to the quota, and expire", async () => {
  const { blobs, uploads } = world.app.files;
  const by = world.people.bob;
  const quota = { is: "operator" } as const;
  for (const { id } of await uploads.list({ ...quota }, { ownerId: by.id }))
    await world.ask("DELETE", href("apiUpload", { upload: id }), { by, headers: TUS });
  await blobs.setQuota(quota, by.id, 1000);
  const headers = { ...BYTES, "upload-length": "800" };
  const made = await world.ask("POST", href("apiUploads"), { by, headers, body: "x".repeat(600) });
  expect(made.headers.get("upload-offset")).toBe("600");
  expect((await world.ask("POST", href("apiUploads"), { by, headers })).status).toBe(507);
  world.clock.advance(8 * 86_400_000);
  expect(await uploads.sweep(100)).toBeGreaterThan(0);
  expect(await uploads.list(quota, { ownerId: by.id })).toEqual([]);
  expect(await blobs.roomFor(by).left()).toBe(1000);
});
