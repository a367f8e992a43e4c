/** The mark that proves that the folder of stored files is the site's. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pino from "pino";
import { openApp } from "../../src/app.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { text } from "../../src/files/text.en.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { leaveOut } from "../left-out.ts";
import { until } from "../until.ts";
import { databases, openTestApp, PASSWORD, type World } from "../world.ts";

let dataFolder: string;
beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), "trunk8-mark-"));
});
afterEach(() => rmSync(dataFolder, { recursive: true, force: true }));

const users = () => join(dataFolder, "users");
const mark = () => join(users(), ".trunk8-site");

async function upload({ request, signIn, people }: World, code: string): Promise<Response> {
  const body = new FormData();
  body.set("short_code", code);
  body.set("file", new File(["hello"], "hello.txt"));
  const headers = { cookie: await signIn(people.admin), accept: "application/json" };
  return await request("/add", { method: "POST", body, headers });
}

/** Puts an empty folder where the files were, as an unmounted share leaves it. */
function unmount(): () => void {
  renameSync(users(), `${users()}.share`);
  mkdirSync(users(), { mode: 0o700 });
  return () => {
    rmSync(users(), { recursive: true });
    renameSync(`${users()}.share`, users());
  };
}

describe.each(databases)("with %s", (database) => {
  test("refuses uploads and deletes nothing while the share is not mounted", async () => {
    const world = await openTestApp({ database, dataFolder });
    expect((await upload(world, "kept")).status).toBe(201);
    expect((await upload(world, "deleted")).status).toBe(201);
    const headers = { cookie: await world.signIn(world.people.admin) };
    await world.request("/delete/deleted", { method: "POST", headers });
    const remount = unmount();
    const file = await world.request("/kept");
    expect([file.status, Number(file.headers.get("retry-after"))]).toEqual([503, 60]);
    const refused = await upload(world, "lost");
    expect([refused.status, Number(refused.headers.get("retry-after"))]).toEqual([503, 60]);
    expect(await refused.text()).toContain(text.storageAway);
    world.clock.advance(120_000);
    await expect(world.app.files.blobs.sweep(10)).rejects.toMatchObject({ code: "busy" });
    expect(existsSync(join(users(), "admin"))).toBe(false);
    remount();
    expect((await upload(world, "found")).status).toBe(201);
    expect((await world.request("/kept")).status).toBe(200);
    await world.close();
  });
});

test("a share that comes and goes while the server runs is logged", async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (text) => void lines.push(JSON.parse(text).msg) });
  const world = await openTestApp({ dataFolder, log });
  expect((await upload(world, "kept")).status).toBe(201);
  const stop = world.app.files.siteMark.watch();
  const logged = (line: string) => until(() => lines.includes(line), { what: line, seconds: 30 });
  const remount = unmount();
  await logged("Stored files are not available");
  remount();
  await logged("Stored files are available again");
  expect(lines.filter((line) => line.startsWith("Stored files"))).toHaveLength(2);
  stop();
  await world.close();
});

test("a share that hangs holds up no request, and is used when it answers again", async () => {
  const world = await openTestApp({ dataFolder });
  expect((await upload(world, "kept")).status).toBe(201);
  const id = readFileSync(mark(), "utf8");
  rmSync(mark());
  await Bun.spawn(["mkfifo", mark()]).exited;
  const { siteMark } = world.app.files;
  expect(await siteMark.findFault()).toMatchObject({ is: "silent" });
  expect((await world.request("/kept")).status).toBe(503);
  expect((await upload(world, "lost")).status).toBe(503);
  expect((await world.request("/health/ready")).status).toBe(503);
  await writeFile(mark(), id);
  rmSync(mark());
  writeFileSync(mark(), id);
  await until(async () => (await siteMark.findFault()) === null, { what: "the share" });
  expect((await world.request("/kept")).status).toBe(200);
  await world.close();
});

const canMount =
  Bun.which("unshare") !== null &&
  Bun.spawnSync(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).exitCode === 0;
if (!canMount) leaveOut("a read-only share", "mounting is not allowed here");

test.if(canMount)("a share that is read-only or full sends files", async () => {
  const file = join(import.meta.dir, "read-only-share.ts");
  const words = ["unshare", "-m", process.execPath, "test", "--timeout", "60000", file];
  const child = Bun.spawn(words, { stdout: "pipe", stderr: "pipe" });
  const report = await child.stderr.text();
  if ((await child.exited) !== 0) throw new Error(report);
});

describe("a start", () => {
  const open = () =>
    openApp({
      live: LiveSettings.fixed({ "admin.password": PASSWORD }, dataFolder),
      log: silentLog(),
    });

  test("does not mark an empty folder of a site that has a mark", async () => {
    const world = await openTestApp({ dataFolder });
    expect((await upload(world, "kept")).status).toBe(201);
    await world.app.close();
    const remount = unmount();
    const again = await open();
    expect(await again.files.siteMark.findFault()).toMatchObject({ is: "missing", file: mark() });
    await again.close();
    expect(existsSync(mark())).toBe(false);
    remount();
    const last = await open();
    expect(await last.files.siteMark.findFault()).toBeNull();
    await last.close();
  });

  test("marks a folder again that holds the site's files, as after a copy without hidden files", async () => {
    const world = await openTestApp({ dataFolder });
    expect((await upload(world, "kept")).status).toBe(201);
    await world.app.close();
    const id = readFileSync(mark(), "utf8");
    rmSync(mark());
    const again = await open();
    expect(await again.files.siteMark.findFault()).toBeNull();
    expect(readFileSync(mark(), "utf8")).toBe(id);
    await again.close();
  });

  test("keeps the mark of a folder that came with another database", async () => {
    mkdirSync(users());
    writeFileSync(mark(), "moved-here\n");
    const app = await open();
    expect(await app.files.siteMark.findFault()).toBeNull();
    expect(readFileSync(mark(), "utf8")).toBe("moved-here\n");
    await app.close();
  });

  test("knows the folder of another site", async () => {
    await (await open()).close();
    writeFileSync(mark(), "another\n");
    const app = await open();
    expect(await app.files.siteMark.findFault()).toMatchObject({ is: "foreign" });
    await app.close();
  });
});
