/** Editing links.toml and config.toml while a real server with two workers answers requests. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callProgram } from "../cli/program.ts";
import { PROGRAM_FILE } from "../cli/program-file.ts";
import { until } from "../until.ts";

/** So many consecutive answers, each on its own connection, come from every worker. */
const EVERY_WORKER = 30;

let folder: string;
let origin: string;
let server: Bun.Subprocess<"ignore", "pipe", "ignore">;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-byhand-"));
  mkdirSync(join(folder, "data/users/admin"), { recursive: true });
  const { stdout } = await callProgram(folder, ["serve", "--help"]);
  const workers = stdout.includes("--workers") ? ["--workers", "2"] : [];
  server = Bun.spawn(
    [process.execPath, PROGRAM_FILE, "serve", "--listen", "127.0.0.1:0", ...workers],
    {
      cwd: folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      env: { PATH: process.env.PATH, TRUNK8_DATA: join(folder, "data") },
    },
  );
  origin = await originOf(server.stdout);
}, 30_000);

afterAll(async () => {
  server.kill();
  await server.exited;
  rmSync(folder, { recursive: true, force: true });
});

async function originOf(output: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true });
    const [, found] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(text) ?? [];
    if (found !== undefined) return found;
  }
  throw new Error(`No address printed: ${text}`);
}

const ask = (path: string) =>
  fetch(origin + path, { redirect: "manual", headers: { connection: "close" } });
const targetOf = async (code: string) => (await ask(`/${code}`)).headers.get("location");
const titleOf = async () =>
  /<title>(.*?)<\/title>/.exec(await (await ask("/auth/login")).text())?.[1];

/** Waits until all workers answer as expected. */
async function soonEverywhere(look: () => Promise<unknown>, expected: RegExp): Promise<void> {
  const isEverywhere = async () => {
    for (let count = 0; count < EVERY_WORKER; count++) {
      if (!expected.test(String(await look()))) return false;
    }
    return true;
  };
  await until(isEverywhere, { what: `${expected} from every worker` });
}

const links = (target: string) =>
  `[links.kept]\nurl = "https://kept.example/"\n\n[links.moving]\nurl = "${target}"\n`;
const save = (text: string) => writeFileSync(join(folder, "data/users/admin/links.toml"), text);

/** Saves as editors do: writes a temporary file and renames it. */
function replace(text: string): void {
  const path = join(folder, "data/users/admin/links.toml");
  writeFileSync(`${path}~`, text);
  renameSync(`${path}~`, path);
}

test("applies each edit in every worker under load, and ignores broken ones", async () => {
  save(links("https://first.example/"));
  await soonEverywhere(() => targetOf("moving"), /first/);
  const stopping = new AbortController();
  const wrong: string[] = [];
  const load = Array.from({ length: 8 }, async () => {
    while (!stopping.signal.aborted) {
      const target = await targetOf("kept");
      if (target !== "https://kept.example/") wrong.push(String(target));
    }
  });
  for (let round = 0; round < 3; round++) {
    const target = `https://round${round}.example/`;
    (round % 2 === 0 ? save : replace)(links(target));
    await soonEverywhere(() => targetOf("moving"), new RegExp(`round${round}`));
    save(`${links("https://broken.example/")}note = "unfinished`);
    await Bun.sleep(800);
    await soonEverywhere(() => targetOf("moving"), new RegExp(`round${round}`));
  }
  writeFileSync(join(folder, "data/config/config.toml"), '[app]\ntitle = "By hand"\n');
  await soonEverywhere(titleOf, /By hand/);
  writeFileSync(join(folder, "data/config/config.toml"), '[app]\ntitle = "Broken');
  await Bun.sleep(800);
  await soonEverywhere(titleOf, /By hand/);
  stopping.abort();
  await Promise.all(load);
  expect(wrong).toEqual([]);
}, 90_000);
