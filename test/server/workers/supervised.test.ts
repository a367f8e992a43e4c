/** The real program with workers: what dies, hangs, is told to stop, or is called a second time. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/server/text.en.ts";
import { failureOf } from "../../failure.ts";
import { isAlive, type Site, type SiteOptions, signIn, startSite, until } from "../site.ts";
import { beginUpload } from "../slow-upload.ts";

// Each starts several real processes.
setDefaultTimeout(120_000);

let folder: string;
let dataFolder: string;
const running = new Set<Site>();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-supervised-"));
  dataFolder = join(folder, "data");
});
afterEach(async () => {
  for (const site of running) {
    for (const pid of site.workers()) process.kill(pid, "SIGCONT");
    await site.stop();
  }
  running.clear();
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<SiteOptions> = {}): Promise<Site> {
  const site = await startSite({ dataFolder, ...options });
  running.add(site);
  void site.exited.then(() => running.delete(site));
  return site;
}

/** The status on a connection of its own. */
async function statusOf(origin: string, path = "/health"): Promise<number> {
  const socket = origin.startsWith("unix:") ? { unix: origin.slice("unix:".length) } : {};
  const url = "unix" in socket ? `http://x.example${path}` : `${origin}${path}`;
  const headers = { connection: "close" };
  return (await fetch(url, { ...socket, headers, redirect: "manual" })).status;
}

const [firstOf, secondOf] = [0, 1].map((at) => (site: Site) => {
  const pid = site.workers()[at];
  if (pid === undefined) throw new Error(`There is no worker ${at + 1}.`);
  return pid;
}) as [(site: Site) => number, (site: Site) => number];

test("with port 0 all workers listen at the port that the first one got", async () => {
  const site = await start({ workers: 3 });
  expect(site.workers()).toHaveLength(3);
  expect(listenersAt(Number(new URL(site.origin).port))).toBe(3);
  expect(await statusOf(site.origin)).toBe(200);
});

test("a worker that is killed is replaced within a second or so, and the others answer meanwhile", async () => {
  const site = await start();
  const [killed, other] = [firstOf(site), secondOf(site)];
  process.kill(killed, "SIGKILL");
  await until(() => site.workers().length === 2 && !isAlive(killed));
  expect(site.workers()).toContain(other);
  await until(() => listenersAt(Number(new URL(site.origin).port)) === 2);
  expect(await statusOf(site.origin)).toBe(200);
  expect(site.log.map(({ message }) => message)).toContain(
    "Worker exited unexpectedly, restarting",
  );
});

test("a worker that stands still is killed after server.timeout and replaced", async () => {
  const site = await start({ env: { TRUNK8_SERVER_TIMEOUT: "5" } });
  const stopped = secondOf(site);
  process.kill(stopped, "SIGSTOP");
  await until(() => !isAlive(stopped));
  await until(() => site.workers().length === 2);
});

test("waits for a worker that takes longer than server.timeout to open", async () => {
  const key = join(folder, "key");
  Bun.spawnSync(["mkfifo", key]);
  const env = { TRUNK8_SERVER_TIMEOUT: "5", TRUNK8_SECRET_KEY_FILE: key };
  const starting = start({ workers: 1, env });
  const give = () => writeFile(key, "a key that comes through a pipe");
  await give(); // to the supervisor
  const began = performance.now();
  await until(() => performance.now() - began > 6500);
  await give(); // to the worker
  const site = await starting;
  expect(await statusOf(site.origin)).toBe(200);
  expect(site.log.map(({ message }) => message)).not.toContain(
    "Worker exited unexpectedly, restarting",
  );
});

test("when the supervisor is killed the workers end by themselves", async () => {
  const site = await start();
  const workers = site.workers();
  site.kill("SIGKILL");
  await site.exited;
  await until(() => !workers.some(isAlive));
  const again = await start();
  expect(await statusOf(again.origin)).toBe(200);
});

test("SIGTERM ends all with exit code 0", async () => {
  const site = await start();
  const workers = site.workers();
  expect(await site.stop()).toBe(0);
  expect(workers.filter(isAlive)).toEqual([]);
});

test("SIGTERM to a worker alone has it replaced", async () => {
  const site = await start();
  const left = firstOf(site);
  process.kill(left, "SIGTERM");
  await until(() => !isAlive(left) && site.workers().length === 2);
});

test("an upload that does not end in shutdown_timeout is cut off, and leaves nothing", async () => {
  const site = await start({ env: { TRUNK8_SERVER_SHUTDOWN_TIMEOUT: "1" } });
  const upload = await beginUpload(site.origin, await signIn(site.origin));
  const drafts = join(dataFolder, "users/admin/assets/.uploads");
  await until(() => existsSync(drafts) && readdirSync(drafts).length === 1);
  const began = performance.now();
  expect(await site.stop()).toBe(0);
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(await upload.answer).toBe("");
  expect(readdirSync(join(dataFolder, "users/admin/assets"), { recursive: true })).toEqual([
    ".uploads",
  ]);
  const again = await start();
  expect(await statusOf(again.origin, "/half")).toBe(404);
});

test("an upload that ends in time is finished while the site stops", async () => {
  const site = await start();
  const upload = await beginUpload(site.origin, await signIn(site.origin));
  await Bun.sleep(200);
  const stopped = site.stop();
  await Bun.sleep(300);
  upload.finish();
  expect(await upload.answer).toStartWith("HTTP/1.1 201");
  expect(await stopped).toBe(0);
  const again = await start();
  expect(await statusOf(again.origin, "/half")).toBe(200);
});

test("SIGHUP has all workers open the access log again, after it was moved away", async () => {
  const path = join(folder, "access.log");
  const site = await start({ env: { TRUNK8_LOG_ACCESS: path } });
  const ask = async (name: string) => {
    for (let count = 0; count < 40; count++) await statusOf(site.origin, `/${name}`);
  };
  await ask("before");
  await until(() => linesOf(path, "/before") === 40);
  renameSync(path, `${path}.1`);
  site.kill("SIGHUP");
  await until(() => existsSync(path));
  await Bun.sleep(200); // until both workers have heard it
  await ask("after");
  await until(() => linesOf(path, "/after") === 40);
  expect(linesOf(`${path}.1`, "/after")).toBe(0);
  expect(linesOf(path, "/before")).toBe(0);
});

test("workers are replaced after max_requests without a failed request", async () => {
  const unix = join(folder, "t.sock");
  const env = { TRUNK8_SERVER_MAX_REQUESTS: "100" };
  const site = await start({ workers: 1, listen: `unix:${unix}`, env });
  const before = site.workers();
  const statuses = new Map<number, number>();
  await until(async () => {
    const status = await statusOf(`unix:${unix}`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    return !before.some(isAlive);
  });
  expect([...statuses.keys()]).toEqual([200]);
  expect(site.log.map(({ message }) => message)).not.toContain(
    "Worker exited unexpectedly, restarting",
  );
});

test("SIGUSR2 replaces every worker, one after another", async () => {
  const site = await start();
  const before = site.workers();
  site.kill("SIGUSR2");
  await until(() => !before.some(isAlive));
  expect(site.workers()).toHaveLength(2);
  expect(await statusOf(site.origin)).toBe(200);
});

test("each worker has a socket of its own, and one that was left behind is no hindrance", async () => {
  const listen = `unix:${join(folder, "t.sock")}`;
  const first = await start({ listen });
  const workers = first.workers();
  first.kill("SIGKILL");
  for (const pid of workers) process.kill(pid, "SIGKILL");
  await first.exited;
  expect(
    readdirSync(folder)
      .filter((name) => name.includes("sock"))
      .sort(),
  ).toEqual(["t-1.sock", "t-2.sock"]);
  const site = await start({ listen });
  for (const number of [1, 2])
    expect(await statusOf(`unix:${join(folder, `t-${number}.sock`)}`)).toBe(200);
  expect(await site.stop()).toBe(0);
});

for (const reusePort of [false, true]) {
  const whose = reusePort ? "of a program that would share it" : "of another program";
  test(`a port ${whose} is told of, with exit code 1 and nobody left behind`, async () => {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      reusePort,
      fetch: () => new Response("another's"),
    });
    const listen = `127.0.0.1:${server.port}`;
    const failure = String(await failureOf(startSite({ dataFolder, listen })));
    expect(failure).toContain("ended with 1");
    expect(failure).toContain(text.listen.inUse(listen));
    await server.stop(true);
  });
}

test("workers that cannot start end the whole with exit code 1", async () => {
  const failure = await failureOf(startSite({ dataFolder, listen: `unix:${folder}/none/t.sock` }));
  expect(String(failure)).toContain("ended with 1");
  expect(String(failure)).toContain(text.workers.cannotStart);
});

test("an access log that cannot be written ends the whole with exit code 1", async () => {
  const env = { TRUNK8_LOG_ACCESS: "/dev/null/access.log" };
  for (const workers of [2, ""] as const) {
    const failure = String(await failureOf(startSite({ dataFolder, workers, env })));
    expect(failure).toContain("ended with 1");
    expect(failure).toContain("The log /dev/null/access.log cannot be written.");
  }
});

function listenersAt(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = readFileSync("/proc/net/tcp", "utf8").split("\n");
  return lines.filter((line) => line.includes(` ${local} `) && line.includes(" 0A ")).length;
}

function linesOf(path: string, part: string): number {
  if (!existsSync(path)) return 0;
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.includes(part)).length;
}
