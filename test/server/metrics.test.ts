/** What the program tells of itself to whoever operates it, on its own address. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type OpsServer, operationsOf, startOps } from "../../src/server/ops-server.ts";
import { metricRows } from "../../src/telemetry/metric-names.ts";
import { failureOf } from "../failure.ts";
import { leaveOut } from "../left-out.ts";
import { newLink } from "../share.ts";
import { as, form, openTestApp, type World } from "../world.ts";
import { addLink, type Site, signIn, startSite, until } from "./site.ts";

type Values = ReadonlyMap<string, number>;

async function scrape(origin: string): Promise<Values> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const space = line.lastIndexOf(" ");
      return [line.slice(0, space), Number(line.slice(space + 1))];
    }),
  );
}

const opened = (method: string, status: number) =>
  `trunk8_requests_total{method="${method}",endpoint="open",status="${status}"}`;

const promtool = Bun.which("promtool");
if (promtool === null) leaveOut("promtool on /metrics", "promtool is not installed");

describe("a process that answers alone", () => {
  let world: World;
  let ops: OpsServer;
  let origin: string;

  beforeEach(async () => {
    world = await openTestApp();
    const started = startOps("127.0.0.1:0", operationsOf(world.app));
    if (started === null) throw new Error("There is no listener.");
    ops = started;
    origin = `http://127.0.0.1:${ops.port}`;
    const { alice } = world.people;
    const input = newLink({ shortCode: "there", target: "https://example.com/" });
    await world.app.links.create(as(alice), { ownerId: alice.id }, input);
  });
  afterEach(async () => {
    await ops.stop();
    await world.close();
  });

  test("counts requests by the name of their URL, and never by their path", async () => {
    await world.request("/there");
    await world.request("/there?x=1");
    await world.request("/there", { method: "HEAD" });
    await world.request("/nowhere");
    await world.request("/nowhere", { method: "PROPFIND" });
    await world.request("/not/an/address");
    await world.request("/-/not/an/address");
    await world.signIn(world.people.alice);
    const values = await scrape(origin);
    expect(values.get(opened("GET", 302))).toBe(2);
    expect(values.get(opened("HEAD", 302))).toBe(1);
    expect(values.get(opened("GET", 404))).toBe(1);
    expect(values.get(opened("other", 501))).toBe(1);
    for (const endpoint of ["part", "none"]) {
      const missing = `trunk8_requests_total{method="GET",endpoint="${endpoint}",status="404"}`;
      expect([endpoint, values.get(missing)]).toEqual([endpoint, 1]);
    }
    const post = 'trunk8_requests_total{method="POST",endpoint="signIn",status="303"}';
    expect(values.get(post)).toBe(1);
    const took = 'trunk8_request_duration_seconds_count{endpoint="open"}';
    expect(values.get(took)).toBe(5);
    expect([...values.keys()].filter((name) => name.includes("there"))).toEqual([]);
  });

  test("counts openings by kind and visitor as visits are counted", async () => {
    const agents = { human: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", bot: "curl/8.0" };
    for (const agent of [agents.human, agents.human, agents.bot])
      await world.request("/there", { headers: { "user-agent": agent } });
    const values = await scrape(origin);
    const accesses = (visitor: string) =>
      values.get(`trunk8_link_accesses_total{kind="redirect",visitor="${visitor}"}`);
    expect([accesses("human"), accesses("bot"), accesses("preview")]).toEqual([2, 1, 0]);
  });

  test("counts an account as active for five minutes after its last request", async () => {
    const active = async () => (await scrape(origin)).get("trunk8_active_users");
    const { alice, bob } = world.people;
    const cookies = [await world.signIn(alice), await world.signIn(alice), await world.signIn(bob)];
    for (const cookie of cookies) await world.request("/links", { headers: { cookie } });
    expect(await active()).toBe(2);
    world.clock.advance(200_000);
    await world.request("/links", { headers: { cookie: cookies[0] ?? "" } });
    world.clock.advance(200_000);
    expect(await active()).toBe(1);
    world.clock.advance(200_000);
    expect(await active()).toBe(0);
    expect((await scrape(origin)).get("trunk8_sessions")).toBe(3);
  });

  test("counts files that come in and go out, and why others were refused", async () => {
    const cookie = await world.signIn(world.people.alice);
    const upload = (name: string) => {
      const body = new FormData();
      body.set("short_code", name.replace(".", "-"));
      body.set("file", new File(["x".repeat(2000)], name));
      return world.request("/add", { method: "POST", body, headers: { cookie } });
    };
    expect((await upload("kept.txt")).status).toBe(303);
    const wrong = { method: "POST", body: "x", headers: { cookie, "content-type": "text/odd" } };
    expect((await world.request("/add", wrong)).status).toBe(415);
    await (await world.request("/kept-txt")).text();
    await world.request("/kept-txt", { headers: { range: "bytes=0-9" } });
    await world.request("/kept-txt", { method: "HEAD" });
    const values = await scrape(origin);
    expect(values.get("trunk8_uploads_total")).toBe(1);
    expect(values.get("trunk8_upload_bytes_total")).toBe(2000);
    expect(values.get('trunk8_upload_refusals_total{reason="unsupported_type"}')).toBe(1);
    expect(values.get("trunk8_file_download_bytes_count")).toBe(2);
    expect(values.get("trunk8_file_download_bytes_sum")).toBe(2010);
  });

  test("lists only metrics of the table", async () => {
    await world.request("/there");
    const response = await fetch(`${origin}/metrics`);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await response.text();
    const told = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]);
    for (const [name = "", type] of told) expect(metricRows).toHaveProperty([name, "type"], type);
    for (const [name, { type }] of Object.entries(metricRows))
      expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
  });

  test.skipIf(promtool === null)("passes promtool check metrics", async () => {
    const text = await (await fetch(`${origin}/metrics`)).text();
    const { exitCode, stderr } = Bun.spawnSync([promtool ?? "", "check", "metrics"], {
      stdin: Buffer.from(text),
    });
    expect([exitCode, stderr.toString()]).toEqual([0, ""]);
  });

  test("is ready, and names each part that was looked at", async () => {
    const response = await fetch(`${origin}/health/ready`);
    expect(response.status).toBe(200);
    const { status, checks } = (await response.json()) as { status: string; checks: object };
    expect(status).toBe("pass");
    expect(Object.keys(checks)).toEqual([
      "stopping",
      ...["database", "files"],
      ...[
        "writes",
        "reads",
        "reports",
        "writer",
        "changes",
        "uploads",
        "disk",
        "visits",
        "settings",
      ],
    ]);
  });

  test("is not ready without its files, goes on redirecting, and lives", async () => {
    await world.request("/there");
    rmSync(join(world.dataFolder, "users/.trunk8-site"));
    const response = await fetch(`${origin}/health/ready`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: "fail",
      checks: { database: [{ status: "pass" }], files: [{ status: "fail" }] },
    });
    expect((await scrape(origin)).get("trunk8_ready")).toBe(0);
    expect((await world.request("/there")).status).toBe(302);
    expect((await fetch(`${origin}/health/live`)).status).toBe(200);
  });

  test.each([
    ["/", 404],
    ["/metrics/", 404],
    ["/there", 404],
    ["/health", 404],
  ])("answers %p with %p: nothing of the site is here", async (path, status) => {
    expect((await fetch(`${origin}${path}`)).status).toBe(status);
  });

  test.each([
    ["localhost", 200],
    ["127.0.0.1:9101", 200],
    ["[::1]:9101", 200],
    ["trunk8:9101", 200],
    ["host.docker.internal", 200],
    ["trunk8.default.svc:9101", 200],
    [hostname(), 200],
    ["evil.example", 421],
    ["127.0.0.1.evil.example:9101", 421],
    ["local.evil.example.", 421],
  ])(
    "answers to the name %p with %p, so that no web page can resolve its own name to it",
    async (host, status) => {
      for (const path of ["/metrics", "/health/live", "/elsewhere"]) {
        const response = await fetch(`${origin}${path}`, { headers: { host } });
        const expected = path === "/elsewhere" && status === 200 ? 404 : status;
        expect([path, response.status]).toEqual([path, expected]);
        expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      }
    },
  );

  test("takes no posts", async () => {
    expect((await fetch(`${origin}/metrics`, form({}))).status).toBe(405);
  });
});

test("reports a full disk, and is ready all the same", async () => {
  const world = await openTestApp({ settings: { "ops.disk_floor_mb": 100_000_000 } });
  const ops = startOps("127.0.0.1:0", operationsOf(world.app));
  const response = await fetch(`http://127.0.0.1:${ops?.port}/health/ready`);
  expect(response.status).toBe(200);
  const { status, checks } = (await response.json()) as Health;
  expect([status, checks.disk?.[0]?.status]).toEqual(["warn", "warn"]);
  expect(checks.disk?.[0]?.output).toMatch(/\d+ MB .*100000000 MB/);
  const values = await scrape(`http://127.0.0.1:${ops?.port}`);
  expect(values.get("trunk8_ready")).toBe(1);
  expect(values.get('trunk8_degraded{check="disk"}')).toBe(1);
  expect(values.get('trunk8_degraded{check="writes"}')).toBe(0);
  await ops?.stop();
  await world.close();
});

interface Health {
  readonly status: string;
  readonly checks: Readonly<Record<string, readonly { status: string; output?: string }[]>>;
}

test("an empty ops.listen tells nothing to nobody", async () => {
  const world = await openTestApp();
  expect(startOps("", operationsOf(world.app))).toBeNull();
  await world.close();
});

test("an address that another program has is a problem that names the setting", async () => {
  const world = await openTestApp();
  const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const place = `127.0.0.1:${taken.port}`;
  const failure = await failureOf((async () => startOps(place, operationsOf(world.app)))());
  expect(String(failure)).toContain("Set ops.listen (TRUNK8_OPS_LISTEN) to another address");
  await taken.stop(true);
  await world.close();
});

describe("several workers", () => {
  let folder: string;
  let site: Site;
  const opsPort = 20_000 + (process.pid % 20_000);
  const ops = `http://127.0.0.1:${opsPort}`;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-metrics-"));
    site = await startSite({
      dataFolder: folder,
      workers: 2,
      env: { TRUNK8_OPS_LISTEN: `127.0.0.1:${opsPort}` },
    });
    const cookie = await signIn(site.origin);
    await addLink(site.origin, cookie, "there", "https://example.com/");
  });
  afterAll(async () => {
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (times: number) => {
    const openings = Array.from({ length: times }, () =>
      fetch(`${site.origin}/there`, { redirect: "manual", keepalive: false }),
    );
    for (const { status } of await Promise.all(openings)) expect(status).toBe(302);
  };

  test("are counted together, and one that dies or leaves takes no count along", async () => {
    await open(60);
    const before = await scrape(ops);
    expect(before.get(opened("GET", 302))).toBe(60);
    expect(before.get("trunk8_workers")).toBe(2);
    const [first = 0] = site.workers();
    process.kill(first, "SIGKILL");
    await until(async () => (await scrape(ops)).get("trunk8_worker_restarts_total") === 1);
    await until(async () => (await scrape(ops)).get("trunk8_workers") === 2);
    await open(40);
    const pids = site.workers();
    site.kill("SIGUSR2");
    await until(
      () => site.workers().length === 2 && !site.workers().some((pid) => pids.includes(pid)),
    );
    const after = await scrape(ops);
    expect(after.get(opened("GET", 302))).toBe(100);
    for (const [name, value] of before)
      if (/_(total|bucket|count|sum)(\{|$)/.test(name))
        expect([name, (after.get(name) ?? 0) >= value]).toEqual([name, true]);
  });

  test("are ready; with broken settings they say so, and still redirect", async () => {
    const ready = () => fetch(`${ops}/health/ready`);
    expect((await ready()).status).toBe(200);
    const config = join(folder, "config/config.toml");
    chmodSync(config, 0o600);
    writeFileSync(config, "[server\n");
    await until(async () => ((await (await ready()).json()) as Health).status === "warn");
    const response = await ready();
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"settings":[{"status":"warn"');
    await open(1);
  });
});
