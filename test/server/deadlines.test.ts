/** How long the real server waits, for itself and for others. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimFile } from "../../src/os/machine-lock.ts";
import { Deadlines } from "../../src/server/deadlines.ts";
import { addLink, type Site, signIn, startSite, until } from "./site.ts";
import { beginUpload } from "./slow-upload.ts";

// Each starts several real processes.
setDefaultTimeout(120_000);

describe("an answer that is waited for", () => {
  const request = () => new Request("http://x.example/");
  const late = () => new Response("late");

  test("is given as it comes, also where it is a failure", async () => {
    const deadlines = new Deadlines();
    const answer = Promise.resolve(new Response("in time"));
    expect(await (await deadlines.keep(request(), answer, 60_000, late)).text()).toBe("in time");
    const failure = Promise.reject(new Error("failed"));
    const kept = deadlines.keep(request(), failure, 60_000, late);
    expect(await kept.catch((error: Error) => error.message)).toBe("failed");
    deadlines.close();
  });

  test("is given up after its time, but not while that is extended", async () => {
    const deadlines = new Deadlines();
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

  test("answers 503 where the database is another's for longer, and goes on", async () => {
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

  test("lets an upload that moves take longer", async () => {
    const upload = await beginUpload(site.origin, cookie);
    for (let second = 0; second < 8; second++) {
      await Bun.sleep(1000);
      upload.send(2000);
    }
    upload.finish();
    expect(await upload.answer).toStartWith("HTTP/1.1 201");
  });

  test("closes connections that are silent", async () => {
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
