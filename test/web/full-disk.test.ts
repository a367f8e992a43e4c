/** What becomes of uploads while the disk is full, and of everything else meanwhile. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../src/os/text.en.ts";
import { leaveOut } from "../left-out.ts";
import { form, openTestApp, PASSWORD, type World } from "../world.ts";

const canMount = process.platform === "linux" && process.getuid?.() === 0;
if (!canMount) leaveOut("uploads to a full disk", "only root may mount a small one");

const MEBIBYTE = 1_048_576;

describe.skipIf(!canMount)("on a disk of 32 MB", () => {
  let disk: string;
  let world: World;
  let cookie: string;

  beforeEach(async () => {
    disk = mkdtempSync(join(tmpdir(), "trunk8-disk-"));
    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk]);
    world = await openTestApp({
      settings: { "ops.disk_floor_mb": 0 },
      dataFolder: join(disk, "data"),
    });
    cookie = await world.signIn(world.people.alice);
    const target = { link_type: "redirect", short_code: "away", url: "https://example.com/" };
    expect((await world.request("/add", form(target, cookie))).status).toBe(303);
    expect((await upload("before", MEBIBYTE)).status).toBe(201);
  });

  afterEach(async () => {
    await world.close();
    Bun.spawnSync(["umount", "-l", disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  async function upload(code: string, size: number): Promise<Response> {
    const body = new FormData();
    body.set("link_type", "file");
    body.set("short_code", code);
    body.set("file", new Blob([new Uint8Array(size).fill(code.charCodeAt(0))]), "a.zip");
    const headers = { cookie, accept: "application/json" };
    return await world.request("/add", { method: "POST", body, headers });
  }

  /** The names of the files that are stored or on their way there. */
  function stored(): string[] {
    const assets = join(world.dataFolder, "users/alice/assets");
    const names = readdirSync(assets, { recursive: true, encoding: "utf8" });
    return names.filter((name) => name !== ".uploads").sort();
  }

  async function expectReadingGoesOn(): Promise<void> {
    expect((await world.request("/away")).status).toBe(302);
    const file = await world.request("/before");
    expect([file.status, (await file.bytes()).byteLength]).toEqual([200, MEBIBYTE]);
    expect((await world.request("/links", { headers: { cookie } })).status).toBe(200);
  }

  test("an upload in portions stops with what is stored, and goes on when there is room", async () => {
    const headers = { cookie, "tus-resumable": "1.0.0" };
    const half = new Uint8Array(4 * MEBIBYTE).fill(7);
    const made = await world.request("/api/v1/uploads", {
      method: "POST",
      headers: { ...headers, "upload-length": String(2 * half.byteLength) },
    });
    const path = made.headers.get("location") ?? "";
    const send = async (offset: number, size = half.byteLength) =>
      await world.request(path, {
        method: "PATCH",
        headers: {
          ...headers,
          "upload-offset": String(offset),
          "content-type": "application/offset+octet-stream",
        },
        body: half.subarray(0, size),
      });
    expect((await send(0)).status).toBe(204);
    const filler = join(disk, "filler");
    writeFileSync(filler, new Uint8Array((await statfs(disk)).bavail * 4096 - MEBIBYTE));
    expect((await send(half.byteLength)).status).toBe(507);
    const asked = await world.request(path, { method: "HEAD", headers });
    const offset = Number(asked.headers.get("upload-offset"));
    expect(offset).toBeGreaterThanOrEqual(half.byteLength);
    rmSync(filler);
    const last = await send(offset, 2 * half.byteLength - offset);
    expect([last.status, last.headers.has("trunk8-url")]).toEqual([204, true]);
    await expectReadingGoesOn();
  });

  test("a file for which there is no room is refused, leaves nothing, and hinders nobody", async () => {
    const before = stored();
    const refused = await upload("large", 40 * MEBIBYTE);
    expect(refused.status).toBe(507);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await refused.text()).toContain("disk is full");
    expect(stored()).toEqual(before);
    expect((await world.request("/large")).status).toBe(404);
    await expectReadingGoesOn();
    expect((await upload("small", MEBIBYTE)).status).toBe(201);
  });

  test("while there is no room at all uploads are refused, reading goes on, and all recovers", async () => {
    const filler = join(disk, "filler");
    fill(filler);
    const before = stored();
    expect((await upload("during", 100_000)).status).toBe(507);
    expect(stored()).toEqual(before);
    await expectReadingGoesOn();
    rmSync(filler);
    expect((await upload("after", 100_000)).status).toBe(201);
    expect((await (await world.request("/after")).bytes()).byteLength).toBe(100_000);
    const { bytes } = await world.app.files.blobs.usageOf(world.people.alice.id);
    expect(bytes).toBe(MEBIBYTE + 100_000);
  });

  test("while there is no room, signing in says why it fails, and works afterwards", async () => {
    const filler = join(disk, "filler");
    fill(filler);
    const credentials = { username: "alice", password: PASSWORD };
    // The journal of the database may have room for some.
    let answer = await world.request("/auth/login", form(credentials));
    while (answer.status === 303) answer = await world.request("/auth/login", form(credentials));
    expect(answer.status).toBe(507);
    expect(await answer.text()).toContain(text.diskFull.slice("The server's ".length));
    rmSync(filler);
    expect((await world.request("/auth/login", form(credentials))).status).toBe(303);
  });
});

/** Writes until there is no room for another byte. */
function fill(path: string): void {
  Bun.spawnSync(["dd", "if=/dev/zero", `of=${path}`, "bs=4096"], { stderr: "ignore" });
}
