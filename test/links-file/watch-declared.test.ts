import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startWatching } from "../../src/links-file/watch-declared.ts";
import { until } from "../until.ts";
import { openTestApp, type World } from "../world.ts";

/** A change takes effect within two seconds, once the file has been unchanged for 300 ms; more on a busy machine. */
const SOON_SECONDS = 5;

let world: World;
let folder: string;
let stop: () => void;
beforeEach(async () => {
  world = await openTestApp();
  folder = join(world.dataFolder, "users", "alice");
  mkdirSync(join(folder, "assets"), { recursive: true });
  stop = startWatching(world.app);
});
afterEach(async () => {
  stop();
  await world.close();
});

const save = (text: string) => writeFileSync(join(folder, "links.toml"), text);
const redirect = (code: string) => `[links.${code}]\nurl = "https://${code}.example/"\n`;
const status = async (code: string) => (await world.request(`/${code}`)).status;
const text = async (code: string) => await (await world.request(`/${code}`)).text();

/** Waits until `look` returns `expected`. */
async function soon<Seen>(look: () => Promise<Seen>, expected: Seen): Promise<void> {
  const isSo = async () => Object.is(await look(), expected);
  await until(isSo, { what: `${String(look)} to be ${String(expected)}`, seconds: SOON_SECONDS });
}

test("follows a file that is saved, replaced and deleted", async () => {
  save(redirect("a"));
  await soon(() => status("a"), 302);
  writeFileSync(join(folder, "next"), redirect("b"));
  renameSync(join(folder, "next"), join(folder, "links.toml"));
  await soon(() => status("b"), 302);
  await soon(() => status("a"), 410);
  rmSync(join(folder, "links.toml"));
  await soon(() => status("b"), 410);
});

test("applies at the start what changed while it was not watching", async () => {
  save(redirect("a"));
  await soon(() => status("a"), 302);
  stop();
  rmSync(join(folder, "links.toml"));
  stop = startWatching(world.app);
  await soon(() => status("a"), 410);
});

test("follows a folder that is deleted and created again, and that of a new user", async () => {
  save(redirect("a"));
  await soon(() => status("a"), 302);
  rmSync(folder, { recursive: true });
  await soon(() => status("a"), 410);
  mkdirSync(folder);
  save(redirect("a"));
  await soon(() => status("a"), 302);
  mkdirSync(join(world.dataFolder, "users", "bob"));
  writeFileSync(join(world.dataFolder, "users", "bob", "links.toml"), redirect("b"));
  await soon(() => status("b"), 302);
});

test("follows the folder of all users when it is created again", async () => {
  save(redirect("a"));
  await soon(() => status("a"), 302);
  rmSync(join(world.dataFolder, "users"), { recursive: true });
  mkdirSync(folder, { recursive: true });
  save(redirect("b"));
  await soon(() => status("b"), 302);
});

test("follows a file that a links.toml refers to, from its creation on", async () => {
  const path = join(folder, "assets", "r.txt");
  save('[links.f]\ntype = "file"\npath = "r.txt"\n');
  await soon(() => status("f"), 404);
  writeFileSync(path, "hello");
  await soon(() => text("f"), "hello");
  writeFileSync(path, "much longer than before");
  await soon(() => text("f"), "much longer than before");
});

test("reports a broken file, and changes nothing until it is fixed", async () => {
  const fault = async () => (await world.app.links.declared.news())[0]?.fault.slice(0, 6);
  save(redirect("a"));
  await soon(() => status("a"), 302);
  save(`${redirect("b")}note = "unfinished`);
  await soon(fault, "Line 3");
  expect([await status("a"), await status("b")]).toEqual([302, 404]);
  save(redirect("a") + redirect("b"));
  await soon(fault, undefined);
  await soon(() => status("b"), 302);
});

test("ignores a folder that belongs to no user", async () => {
  mkdirSync(join(world.dataFolder, "users", "nobody"));
  writeFileSync(join(world.dataFolder, "users", "nobody", "links.toml"), redirect("n"));
  save(redirect("a"));
  await soon(() => status("a"), 302);
  expect(await status("n")).toBe(404);
});

test("has no watch for a folder without a links.toml, and finds one that is saved there", async () => {
  const names = Array.from({ length: 200 }, (_, at) => `user-${at}`);
  for (const name of names)
    mkdirSync(join(world.dataFolder, "users", name, "assets"), { recursive: true });
  save(redirect("a"));
  await soon(() => status("a"), 302);
  expect(countWatches()).toBeLessThan(50);
  mkdirSync(join(world.dataFolder, "users", "bob"));
  await soon(() => status("b"), 404);
  writeFileSync(join(world.dataFolder, "users", "bob", "links.toml"), redirect("b"));
  await soon(() => status("b"), 302);
});

/** Number of files and folders that this process watches by inotify. */
function countWatches(): number {
  const folder = "/proc/self/fdinfo";
  const infos = readdirSync(folder).map((name) => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      return ""; // closed since it was listed
    }
  });
  return infos.join("\n").match(/^inotify /gm)?.length ?? 0;
}
