import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/server/doctor/text.en.ts";
import { text as siteText } from "../../../src/web/site/text.en.ts";
import { callProgram } from "../../cli/program.ts";
import { leaveOut } from "../../left-out.ts";
import { type Site, signIn, startSite, until } from "../site.ts";

const nginx = Bun.which("nginx") ?? Bun.which("/usr/sbin/nginx");
const haproxy = Bun.which("haproxy") ?? Bun.which("/usr/sbin/haproxy");
if (nginx === null) leaveOut("doctor --proxy through nginx", "there is no nginx");
if (haproxy === null) leaveOut("doctor --proxy through haproxy", "there is no haproxy");

const SECRET = "a key for the proxy's test";
const TRUSTS = { TRUNK8_SERVER_TRUSTED_PROXIES: "127.0.0.1" };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-proxy-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a right configuration says, each line under a name by which a test leaves it out or has another. */
const right = {
  forwardedFor: "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
  scheme: "proxy_set_header X-Forwarded-Proto $scheme;",
  host: "proxy_set_header Host $host;",
  bodies: "client_max_body_size 11m;",
  buffering: "proxy_request_buffering off;",
  buffer: "proxy_buffer_size 16k; proxy_buffers 8 16k; proxy_busy_buffers_size 32k;",
  range: "",
  accel: "location ~ ^/[^/]+/assets/[^/]+$ { internal; root DATA/users; HEADERS }",
};

const HEADERS = ["content-security-policy", "x-content-type-options"]
  .map((name) => `add_header ${name} $upstream_http_${name.replaceAll("-", "_")};`)
  .join(" ");

type Lines = Partial<typeof right>;

function configOf(lines: Lines, site: Site, port: number): string {
  const { accel, ...said } = { ...right, ...lines };
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (use) => `${use}_temp_path ${folder}/${use};`,
  );
  return `${process.getuid?.() === 0 ? "user root;" : ""} pid ${folder}/nginx.pid; daemon off; worker_processes 1;
error_log ${folder}/error.log; events {} http { access_log off; ${paths.join(" ")}
server { listen 127.0.0.1:${port}; proxy_http_version 1.1;
${Object.values(said).join("\n")}
${accel.replace("DATA", dataFolder()).replace("HEADERS", HEADERS)}
location / { proxy_pass ${site.origin}; } } }`;
}

const dataFolder = () => join(folder, "data");

describe.skipIf(nginx === null)("through nginx", () => {
  let site: Site;
  let port: number;

  beforeAll(async () => {
    site = await startTrusting();
    port = freePort();
  });
  afterAll(() => site.stop());

  test("finds nothing in a right configuration, and prints what was believed", async () => {
    const { exitCode, stdout } = await throughNginx({});
    const [reach, ...others] = stdout.trimEnd().split("\n");
    expect(reach).toMatch(
      /^ok {5}reach: .*192\.0\.2\.77.*X-Forwarded-For.*X-Forwarded-Proto.*127\.0\.0\.1/,
    );
    expect(others).toEqual([
      "ok     client",
      "ok     scheme",
      "ok     host",
      "ok     body-size",
      "ok     buffering",
      "ok     ranges",
      "ok     long-headers",
    ]);
    expect(exitCode).toBe(0);
    expect(await callSite("ls", "--json")).toBe("[]\n");
  });

  const rows: [name: string, lines: Lines, wrong: string, remedy: string][] = [
    ["no X-Forwarded-For of its own", { forwardedFor: "" }, "client", "$proxy_add_x_forwarded_for"],
    [
      "one that is taken away",
      { forwardedFor: 'proxy_set_header X-Forwarded-For "";' },
      "client",
      "$proxy_add_x_forwarded_for",
    ],
    [
      "only X-Real-IP",
      {
        forwardedFor:
          'proxy_set_header X-Forwarded-For ""; proxy_set_header X-Real-IP $remote_addr;',
      },
      "client",
      "$proxy_add_x_forwarded_for",
    ],
    [
      "a scheme that is not so",
      { scheme: "proxy_set_header X-Forwarded-Proto https;" },
      "scheme",
      "return 301 https",
    ],
    [
      "another host",
      { host: "proxy_set_header Host inside.example;" },
      "host",
      "proxy_set_header Host $host;",
    ],
    [
      "small bodies",
      { bodies: "client_max_body_size 2m;" },
      "body-size",
      "client_max_body_size 11m;",
    ],
    ["nginx's own body size", { bodies: "" }, "body-size", "client_max_body_size 11m;"],
    // Caddy's MB is a million bytes: 101MB would refuse files of 100 MB.
    ["a body size, with Caddy's line", { bodies: "" }, "body-size", "max_size 11MiB"],
    [
      "bodies kept until they are whole",
      { buffering: "" },
      "buffering",
      "proxy_request_buffering off;",
    ],
    ["small buffers for headers", { buffer: "" }, "long-headers", "proxy_buffer_size 32k;"],
    ["no place for files", { accel: "" }, "ranges", "location ^~ /-/blobs/ { internal;"],
    [
      "X-Accel that is ignored",
      { range: "proxy_ignore_headers X-Accel-Redirect;" },
      "ranges",
      "accelerate",
    ],
    [
      "files that are elsewhere",
      { accel: "location ~ ^/[^/]+/assets/[^/]+$ { internal; root /nowhere; }" },
      "ranges",
      "internal;",
    ],
    [
      "no security headers of files",
      { accel: "location ~ ^/[^/]+/assets/[^/]+$ { internal; root DATA/users; }" },
      "ranges",
      "add_header",
    ],
  ];
  test.each(rows)("finds %s", async (_, lines, wrong, remedy) => {
    const { exitCode, stdout } = await throughNginx(lines);
    const found = stdout.split("\n").filter((line) => line.startsWith("wrong"));
    expect(found.map((line) => line.slice(7).split(":")[0])).toEqual([wrong]);
    expect(found.join()).toContain(remedy);
    expect(exitCode).toBe(1);
  });

  test("shows the chain on the administrator's page", async () => {
    await using _ = await startNginx({});
    const cookie = await signIn(site.origin);
    const page = await (await fetch(`${proxyOrigin()}/-/proxy`, { headers: { cookie } })).text();
    expect(page).toContain(siteText.proxyCheck.noProblems);
    expect(page).toContain("X-Forwarded-Proto");
    expect((await fetch(`${proxyOrigin()}/-/proxy/probe`)).status).toBe(403);
    expect(
      (
        await fetch(`${proxyOrigin()}/-/proxy/probe`, {
          headers: { "x-trunk8-probe": `${Date.now() + 9e5}.${"A".repeat(43)}` },
        })
      ).status,
    ).toBe(403);
  });

  test("reports a proxy that reaches no server", async () => {
    await using _ = await startNginx({}, { ...site, origin: "http://127.0.0.1:1" });
    const { exitCode, stdout } = await doctor(proxyOrigin());
    expect(stdout).toStartWith("wrong  reach: ");
    expect(stdout).toContain(text.proxy.unreachable(502));
    expect(exitCode).toBe(1);
  });

  const proxyOrigin = () => `http://127.0.0.1:${port}`;

  async function throughNginx(lines: Lines) {
    await using _ = await startNginx(lines);
    return await doctor(proxyOrigin());
  }

  async function startNginx(lines: Lines, behind = site): Promise<AsyncDisposable> {
    await Bun.write(join(folder, "nginx.conf"), configOf(lines, behind, port));
    const words = [nginx ?? "", "-c", join(folder, "nginx.conf"), "-e", join(folder, "error.log")];
    return await startProxy(words, proxyOrigin());
  }
});

describe.skipIf(haproxy === null)("through haproxy", () => {
  const rows: [name: string, lines: string, accelerate: string, wrong: string[]][] = [
    ["a right configuration", "option forwardfor", "", []],
    ["no name of the client", "http-request del-header X-Forwarded-For", "", ["client"]],
    ["no ranges", "option forwardfor\n  http-request del-header Range", "", ["ranges"]],
    ["X-Accel, which only nginx knows", "option forwardfor", "nginx", ["ranges"]],
  ];
  test.each(rows)("%s", async (_, lines, accelerate, wrong) => {
    const env = { TRUNK8_FILES_ACCELERATE: accelerate };
    const site = await startTrusting(env);
    const port = freePort();
    await Bun.write(
      join(folder, "haproxy.cfg"),
      `defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend site
  bind 127.0.0.1:${port}
  ${lines}
  default_backend trunk8
backend trunk8
  server one ${new URL(site.origin).host}
`,
    );
    try {
      await using _proxy = await startProxy(
        [haproxy ?? "", "-db", "-f", join(folder, "haproxy.cfg")],
        `http://127.0.0.1:${port}`,
      );
      const { stdout } = await doctor(`http://127.0.0.1:${port}`, env);
      const found = stdout.split("\n").filter((line) => line.startsWith("wrong"));
      expect(found.map((line) => line.slice(7).split(":")[0])).toEqual(wrong);
    } finally {
      await site.stop();
    }
  });
});

describe("without a proxy", () => {
  test("what is not trusted is told, with the line that trusts it", async () => {
    const site = await startTrusting({ TRUNK8_SERVER_TRUSTED_PROXIES: "10.0.0.1" });
    const { stdout } = await doctor(site.origin);
    await site.stop();
    expect(stdout).toMatch(/^wrong {2}client: /m);
  });

  test("reports a URL where no server listens", async () => {
    const { stdout } = await doctor(`http://127.0.0.1:${freePort()}`);
    expect(stdout).toMatch(/^wrong {2}reach: .*http:\/\/127\.0\.0\.1:\d+: [^\n]*\n$/);
  });

  test("reports another site, and a Trunk8 with another key", async () => {
    using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("Hello") });
    expect((await doctor(other.url.origin)).stdout).toContain(
      text.proxy.otherSite(other.url.origin, 200),
    );
    const site = await startTrusting({ TRUNK8_SECRET_KEY: "quite another key" });
    expect((await doctor(site.origin)).stdout).toContain(text.proxy.otherKey);
    await site.stop();
  });
});

const common = {
  ...TRUSTS,
  TRUNK8_SECRET_KEY: SECRET,
  TRUNK8_APP_MAX_FILE_SIZE_MB: "10",
  TRUNK8_FILES_ACCELERATE: "nginx",
};

function startTrusting(env: Readonly<Record<string, string>> = {}): Promise<Site> {
  return startSite({ dataFolder: dataFolder(), workers: "", env: { ...common, ...env } });
}

function doctor(origin: string, env: Readonly<Record<string, string>> = {}) {
  return callProgram(folder, ["doctor", "--proxy", origin], { env: { ...common, ...env } });
}

async function callSite(...words: string[]): Promise<string> {
  return (await callProgram(folder, words, { env: common })).stdout;
}

async function startProxy(words: string[], origin: string): Promise<AsyncDisposable> {
  mkdirSync(folder, { recursive: true });
  const child = Bun.spawn(words, { stdio: ["ignore", "ignore", "ignore"] });
  await until(() =>
    fetch(origin).then(
      () => true,
      () => false,
    ),
  );
  return {
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGQUIT");
      await Promise.race([child.exited, Bun.sleep(2000).then(() => child.kill("SIGKILL"))]);
      await child.exited;
    },
  };
}

function freePort(): number {
  using server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  return server.port;
}
