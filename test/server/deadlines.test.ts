/** Timeouts of the real server. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimFile } from "../../src/os/machine-lock.ts";
import { Deadlines } from "../../src/server/deadlines.ts";
import { startServer } from "../../src/server/http-server.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { openTestApp } from "../world.ts";
import { addLink, type Site, signIn, startSite, until } from "./site.ts";
import { beginUpload } from "./slow-upload.ts";

// Each starts several real processes.
setDefaultTimeout(120_000);

describe("a deadline", () => {
  const request = () => new Request("http://x.example/");
  const late = () => new Response("late");

  test("passes a response or a failure on in time", async () => {
    const deadlines = new Deadlines(silentLog(), 5);
    const answer = Promise.resolve(new Response("in time"));
    expect(await (await deadlines.keep(request(), answer, 60_000, late)).text()).toBe("in time");
    const failure = Promise.reject(new Error("failed"));
    const kept = deadlines.keep(request(), failure, 60_000, late);
    expect(await kept.catch((error: Error) => error.message)).toBe("failed");
    deadlines.close();
  });

  test("answers late after its time, unless it is extended", async () => {
    const deadlines = new Deadlines(silentLog(), 5);
    const [short, long] = [request(), request()];
    const never = new Promise<Response>(() => {});
    const longAnswer = Promise.withResolvers<Response>();
    const waits = [
      deadlines.keep(short, never, 10, late),
      deadlines.keep(long, longAnswer.promise, 10, late),
    ];
    deadlines.extend(long, 60_000);
    expect(await (await waits[0])?.text()).toBe("late");
    longAnswer.resolve(new Response("in the end"));
    expect(await (await waits[1])?.text()).toBe("in the end");
    deadlines.close();
  });

  test("of infinity never passes, and a shorter one later changes nothing", async () => {
    const deadlines = new Deadlines(silentLog(), 5);
    const asked = request();
    const answer = Promise.withResolvers<Response>();
    const kept = deadlines.keep(asked, answer.promise, 10, late);
    deadlines.extend(asked, Number.POSITIVE_INFINITY);
    deadlines.extend(asked, 1);
    const other = deadlines.keep(request(), new Promise<Response>(() => {}), 50, late);
    expect(await (await other).text()).toBe("late");
    answer.resolve(new Response("in the end"));
    expect(await (await kept).text()).toBe("in the end");
    deadlines.close();
  });
});

test("lets a restore take longer than server.timeout", async () => {
  const world = await openTestApp({ settings: { "server.timeout": 1 } });
  const server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
  const origin = `http://127.0.0.1:${server.port}`;
  const cookie = await world.signIn(world.people.alice);
  await addLink(origin, cookie, "kept", "https://example.com/");
  const post = (path: string, body: FormData | URLSearchParams) =>
    fetch(origin + path, { method: "POST", body, headers: { cookie }, redirect: "manual" });
  const archive = await (await post("/backup/create", new URLSearchParams())).blob();
  const form = new FormData();
  form.set("backup_file", archive, "backup.zip");
  form.set("restore_mode", "merge");
  const lock = openSync(join(world.dataFolder, "run/writer"), "a");
  await until(() => claimFile(lock));
  const began = performance.now();
  const restored = post("/backup/restore", form);
  // Longer than the timeout and the interval in which deadlines are checked.
  await Bun.sleep(2500);
  closeSync(lock);
  expect((await restored).status).toBe(303);
  expect(performance.now() - began).toBeGreaterThan(2400);
  await server.stop();
  await world.close();
});

test("lets an upload take longer than server.timeout while bytes arrive", async () => {
  const world = await openTestApp({ settings: { "server.timeout": 1 } });
  const server = startServer(world.app, { hostname: "127.0.0.1", port: 0 });
  const cookie = await world.signIn(world.people.alice);
  const began = performance.now();
  const upload = await beginUpload(`http://127.0.0.1:${server.port}`, cookie);
  // Longer than the timeout and the interval in which deadlines are checked.
  while (performance.now() - began < 2500) {
    await Bun.sleep(100);
    upload.send(1000);
  }
  upload.finish();
  expect(await upload.answer).toStartWith("HTTP/1.1 201");
  await server.stop();
  await world.close();
});

describe("a site with a timeout of 5 seconds and a keep_alive of 1", () => {
  let dataFolder: string;
  let site: Site;
  let cookie: string;
  beforeEach(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), "trunk8-deadlines-"));
    const env = { TRUNK8_SERVER_TIMEOUT: "5", TRUNK8_SERVER_KEEP_ALIVE: "1" };
    site = await startSite({ dataFolder, workers: "", env });
    cookie = await signIn(site.origin);
  });
  afterEach(async () => {
    await site.stop();
    rmSync(dataFolder, { recursive: true });
  });

  test("answers 503 while the database is locked for longer, and recovers", async () => {
    const lock = openSync(join(dataFolder, "run/writer"), "a");
    await until(() => claimFile(lock));
    const began = performance.now();
    const body = new URLSearchParams({ link_type: "redirect", url: "https://example.com/" });
    const headers = { cookie, accept: "application/json" };
    const answer = await fetch(`${site.origin}/add`, { method: "POST", body, headers });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(15_000);
    expect((await fetch(`${site.origin}/health`)).status).toBe(200);
    closeSync(lock);
    await addLink(site.origin, cookie, "after", "https://example.com/");
  });

  test("closes idle connections", async () => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const { hostname, port } = new URL(site.origin);
    const began = performance.now();
    let answered = "";
    const socket = await Bun.connect({
      hostname,
      port: Number(port),
      socket: {
        data(_, chunk) {
          answered += chunk.toString();
        },
        close: () => resolve(),
      },
    });
    socket.write("GET /health HTTP/1.1\r\nHost: x.example\r\n\r\n");
    await closed;
    expect(answered).toContain("200 OK");
    expect(performance.now() - began).toBeWithin(800, 12_000);
  });
});
