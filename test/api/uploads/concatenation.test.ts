/** Uploads that are sent as several ones, and joined. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { href } from "../../../src/http/urls.ts";
import { type ApiWorld, openApiWorld } from "../api-world.ts";
import { bytesOf, head, metadata, patch, TUS } from "./tus.ts";

let world: ApiWorld;
beforeAll(async () => {
  world = await openApiWorld({ settings: { "app.max_file_size_mb": 1 } });
});
afterAll(() => world.close());

const create = async (headers: Readonly<Record<string, string>>, by = world.people.alice) =>
  await world.ask("POST", href("apiUploads"), { by, headers: { ...TUS, ...headers } });

async function part(bytes: string | Uint8Array<ArrayBuffer>, length = bytes.length) {
  const partial = { "upload-concat": "partial", "upload-length": `${length}` };
  const path = (await create(partial)).headers.get("location") ?? "";
  expect((await patch(world, path, 0, bytes)).url).toBeNull();
  return path;
}

const final = async (paths: readonly string[], fields: Readonly<Record<string, string>> = {}) =>
  await create({
    "upload-concat": `final;${paths.join(" ")}`,
    "upload-metadata": metadata({ filename: "a.bin", ...fields }),
  });

const open = async (code: string) => await (await world.request(`/${code}?download=1`)).bytes();
const stored = () => readdirSync(join(world.dataFolder, "users", ".uploads"));

test("joins partial uploads in the order in which they are named, and deletes them", async () => {
  const [first, second] = [await part(bytesOf(300_000)), await part("end")];
  const asked = await world.ask("HEAD", first, { headers: TUS });
  expect(asked.headers.get("upload-concat")).toBe("partial");
  const joined = await final([second, `http://trunk8.test${first}`], { short_code: "joined" });
  expect([joined.status, joined.headers.get("upload-offset")]).toEqual([201, "300003"]);
  expect(joined.headers.get("trunk8-url")).toBe("http://trunk8.test/joined");
  const whole = Buffer.concat([Buffer.from("end"), bytesOf(300_000)]);
  expect(whole.equals(await open("joined"))).toBe(true);
  const { body } = await world.ask("GET", "/api/v1/links/joined");
  const sha256 = new Bun.CryptoHasher("sha256").update(whole).digest("hex");
  expect(body).toMatchObject({ file: { sha256, size: 300_003 } });
  for (const path of [first, second]) expect((await head(world, path)).status).toBe(404);
  expect((await world.ask("GET", href("apiUploads"))).body.items).toEqual([]);
  expect(stored()).toEqual([]);
});

test("answers the same when asked again, as after an answer that was lost", async () => {
  const paths = [await part("ab"), await part("cd")];
  const [once, again] = [
    await final(paths, { short_code: "lost" }),
    await final(paths, { short_code: "lost" }),
  ];
  expect(again.status).toBe(201);
  for (const name of ["location", "trunk8-url"])
    expect(again.headers.get(name)).toBe(once.headers.get(name));
});

test("takes a part twice, and parts of no bytes", async () => {
  const path = await part("ab");
  const joined = await final([path, path], { short_code: "twice" });
  expect(joined.status).toBe(201);
  expect(new TextDecoder().decode(await open("twice"))).toBe("abab");
  expect((await final([await part("")])).headers.get("trunk8-url")).not.toBeNull();
});

test("waits for a request that takes it, where that is its purpose", async () => {
  const joined = await final([await part("ab"), await part("c")], { purpose: "hold" });
  const path = joined.headers.get("location") ?? "";
  expect(joined.headers.get("trunk8-url")).toBeNull();
  expect(await head(world, path)).toMatchObject({ offset: 3, length: 3 });
  const upload = path.split("/").at(-1);
  const link = await world.ask("POST", href("apiLinks"), { json: { upload } });
  expect(link).toMatchObject({ status: 201, body: { file: { size: 3 } } });
});

test("goes on where the process ended before all bytes were copied", async () => {
  const paths = [await part("ab"), await part("cd")];
  const ids = paths.map((path) => path.split("/").at(-1) ?? "");
  const { database } = world.app;
  const before = await database.read.selectFrom("upload").selectAll().execute();
  const joined = await final(paths, { purpose: "hold" });
  const id = joined.headers.get("location")?.split("/").at(-1) ?? "";
  // As it was before: the row is there, its bytes and those of the parts as well.
  const lost = { received: 0, sha256: "" };
  await database.write(async (trx) => {
    await trx.updateTable("upload").set(lost).where("id", "=", id).execute();
    const parts = before.filter((row) => ids.includes(row.id));
    await trx.insertInto("upload").values(parts).execute();
  });
  const folder = join(world.dataFolder, "users", ".uploads");
  await Bun.write(join(folder, ids[0] ?? ""), "ab");
  await Bun.write(join(folder, ids[1] ?? ""), "cd");
  const again = await final(paths, { purpose: "hold" });
  expect(again.headers.get("upload-offset")).toBe("4");
  expect(await Bun.file(join(folder, id)).text()).toBe("abcd");
});

describe("is refused, and the parts stay", () => {
  const half = (): Promise<string> => part("ab", 5);
  const rows: [what: string, status: number, send: (path: string) => ReturnType<typeof create>][] =
    [
      ["with a part that is not complete", 400, async (path) => final([path, await half()])],
      [
        "with an upload that is none",
        400,
        (path) => final([path, href("apiUpload", { upload: "none" })]),
      ],
      [
        "with an upload of another purpose",
        400,
        async (path) => {
          const whole = await create({
            "upload-length": "0",
            "upload-metadata": metadata({ purpose: "hold" }),
          });
          return await final([path, whole.headers.get("location") ?? ""]);
        },
      ],
      ["with a URL of something else", 400, (path) => final([path, "/api/v1/links/a"])],
      ["without parts", 400, () => final([])],
      [
        "with a length",
        400,
        (path) => create({ "upload-concat": `final;${path}`, "upload-length": "2" }),
      ],
      ["with another word", 400, () => create({ "upload-concat": "whole", "upload-length": "2" })],
      [
        "by another user",
        400,
        (path) => create({ "upload-concat": `final;${path}` }, world.people.bob),
      ],
      ["with a reserved short code", 422, (path) => final([path], { short_code: "login" })],
      [
        "where all are too large together",
        413,
        async (path) => final([path, await part(bytesOf(1_048_575))]),
      ],
      [
        "where a part is too large",
        413,
        () => create({ "upload-concat": "partial", "upload-length": "1048577" }),
      ],
    ];
  test.each(rows)("%s", async (_, status, send) => {
    const path = await part("ab");
    expect((await send(path)).status).toBe(status);
    expect(await head(world, path)).toMatchObject({ offset: 2, length: 2 });
  });

  test("to add bytes to a joined one", async () => {
    const joined = await final([await part("ab")], { purpose: "hold" });
    const path = joined.headers.get("location") ?? "";
    expect((await patch(world, path, 2, "c")).status).toBe(403);
    expect(await head(world, path)).toMatchObject({ offset: 2 });
  });
});

test("needs no more of the quota than its parts", async () => {
  const { blobs } = world.app.files;
  const by = world.people.bob;
  await blobs.setQuota({ is: "operator" }, by.id, 1000);
  const partial = { "upload-concat": "partial", "upload-length": "400" };
  const paths = [];
  for (const at of [0, 1]) {
    const made = await create(partial, by);
    const path = made.headers.get("location") ?? "";
    paths.push(path);
    const headers = {
      ...TUS,
      "content-type": "application/offset+octet-stream",
      "upload-offset": "0",
    };
    const body = `${at}`.repeat(400);
    expect((await world.ask("PATCH", path, { by, headers, body })).status).toBe(204);
  }
  expect((await create({ "upload-concat": `final;${paths.join(" ")}` }, by)).status).toBe(201);
  expect(await blobs.roomFor(by).left()).toBe(200);
});
