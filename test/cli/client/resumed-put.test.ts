/** Large files that `trunk8 put` sends in portions: killed, refused by a proxy, and sent before. */
import { afterAll, afterEach, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operator } from "../../../src/policy.ts";
import { answer } from "../../../src/server/dispatch.ts";
import { openTestApp, type World } from "../../world.ts";
import { callProgram } from "../program.ts";
import { PROGRAM_FILE } from "../program-file.ts";

setDefaultTimeout(60_000);

const MIB = 1_048_576;
const PORTION = 16 * MIB;

let world: World;
let site: Bun.Server<undefined>;
let folder: string;
let env: Readonly<Record<string, string>>;
/** Offset and length of each portion that arrived. */
let portions: { readonly offset: number; readonly length: number }[];
/** What a proxy in front of the site answers. */
let proxy: (portion: number, length: number) => Response | null;

beforeAll(async () => {
  world = await openTestApp();
  const { admin } = world.people;
  const input = { name: "put", scopes: ["files:create"], expiresAt: null } as const;
  const key = (await world.app.accounts.keys.create(operator, admin, input)).secret;
  env = { TRUNK8_KEY: key, TRUNK8_DATA: "" };
  const connection = { address: () => "127.0.0.1", allowSilence: () => {} };
  site = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      if (request.method !== "PATCH") return answer(world.app, request, connection);
      const [offset, length] = ["upload-offset", "content-length"].map((name) =>
        Number(request.headers.get(name)),
      ) as [number, number];
      portions.push({ offset, length });
      return proxy(portions.length, length) ?? answer(world.app, request, connection);
    },
  });
  folder = mkdtempSync(join(tmpdir(), "trunk8-put-"));
  reset();
});
afterEach(reset);
afterAll(async () => {
  await site.stop(true);
  await world.close();
  rmSync(folder, { recursive: true });
});

function reset(): void {
  portions = [];
  proxy = () => null;
}

function makeFile(name: string, size: number): Buffer {
  const part = crypto.getRandomValues(new Uint8Array(65_536));
  const bytes = Buffer.concat(Array.from({ length: size / 65_536 }, () => part));
  bytes.write(name);
  writeFileSync(join(folder, name), bytes);
  return bytes;
}

const words = (name: string) => ["put", name, "--server", site.url.origin];
const put = async (name: string) => await callProgram(folder, words(name), { env });

async function expectStored(stdout: string, bytes: Buffer): Promise<void> {
  const code = stdout.trim().split("/").at(-1);
  const stored = await (await world.request(`/${code}?download=1`)).arrayBuffer();
  expect(Buffer.from(stored).equals(bytes)).toBe(true);
}

test("goes on where it was killed, and sends at most one portion again", async () => {
  const bytes = makeFile("killed.bin", 40 * MIB);
  const child = Bun.spawn([process.execPath, PROGRAM_FILE, ...words("killed.bin")], {
    cwd: folder,
    env: { PATH: process.env.PATH, ...env },
    stdout: "ignore",
  });
  proxy = (portion) => {
    if (portion === 2) child.kill("SIGKILL");
    return null;
  };
  await child.exited;
  expect(child.signalCode).toBe("SIGKILL");
  reset();
  const { exitCode, stdout, stderr } = await put("killed.bin");
  expect([exitCode, stderr]).toEqual([0, ""]);
  await expectStored(stdout, bytes);
  expect(portions[0]?.offset).toBeGreaterThanOrEqual(PORTION);
  const sent = portions.reduce((sum, { length }) => sum + length, 0);
  expect(sent).toBeLessThanOrEqual(bytes.length - PORTION);
});

test("sends nothing of a file that is here already", async () => {
  const bytes = makeFile("once.bin", 17 * MIB);
  await put("once.bin");
  expect(portions).toHaveLength(2);
  reset();
  utimesSync(join(folder, "once.bin"), 1000, 1000);
  await expectStored((await put("once.bin")).stdout, bytes);
  expect(portions).toEqual([]);
});

test("sends smaller portions where a proxy refuses larger ones", async () => {
  const bytes = makeFile("halved.bin", 17 * MIB);
  proxy = (_, length) => (length > 6 * MIB ? new Response("<h1>413</h1>", { status: 413 }) : null);
  await expectStored((await put("halved.bin")).stdout, bytes);
  expect(portions.slice(0, 3).map(({ length }) => length / MIB)).toEqual([16, 8, 4]);
});

test("goes on after the site was not there for a moment", async () => {
  const bytes = makeFile("away.bin", 17 * MIB);
  proxy = (portion) => (portion === 1 ? new Response("Bad gateway", { status: 502 }) : null);
  await expectStored((await put("away.bin")).stdout, bytes);
});

test("ends at once where more attempts do not help", async () => {
  makeFile("full.bin", 17 * MIB);
  proxy = () =>
    Response.json({ code: "over_quota", detail: "No space left for you." }, { status: 507 });
  const { exitCode, stderr } = await put("full.bin");
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("No space left for you.");
  expect(portions).toHaveLength(1);
});
