/** `trunk8 config nginx`, as far as it can be seen without nginx; `npm run test:deploy` runs what it prints. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as commandsText } from "../../../src/cli/commands/text.en.ts";
import { text as cliText } from "../../../src/cli/text.en.ts";
import { callProgram } from "../../cli/program.ts";
import { readEnvironment } from "../../deploy/site.ts";

const deploy = join(import.meta.dir, "../../../deploy");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-nginx-site-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const call = (env: Record<string, string>, ...words: string[]) =>
  callProgram(folder, ["config", "nginx", ...words], { env });

const site = async (env: Record<string, string>, ...words: string[]) =>
  (await call(env, "--domain", "x.example", ...words)).stdout;

/** Puts a program called nginx before all others, which answers a test like this. */
function fakeNginx(exitCode: number, says: string): Record<string, string> {
  const bin = mkdtempSync(join(folder, "bin-"));
  writeFileSync(join(bin, "nginx"), `#!/bin/sh\necho "$* ${says}" >&2\nexit ${exitCode}\n`, {
    mode: 0o755,
  });
  return { PATH: `${bin}:${process.env.PATH}` };
}

describe("trunk8 config nginx --out", () => {
  const out = () => join(folder, "sites/trunk8");
  const write = (env: Record<string, string>, ...words: string[]) =>
    call(env, "--domain", "x.example", "--out", out(), ...words);
  beforeEach(() => mkdirSync(join(folder, "sites")));
  afterEach(() => rmSync(join(folder, "sites"), { recursive: true }));

  test("writes what it would print, and leaves nothing else", async () => {
    const { exitCode, stdout } = await write(fakeNginx(0, "ok"));
    expect([exitCode, stdout]).toEqual([0, ""]);
    expect(readFileSync(out(), "utf8")).toBe(await site({}));
    expect(readdirSync(join(folder, "sites"))).toEqual(["trunk8"]);
  });

  test("keeps the former file where nginx refuses the new one, and says why", async () => {
    writeFileSync(out(), "former");
    const { exitCode, stderr } = await write(fakeNginx(1, "no such certificate"));
    expect(exitCode).toBe(1);
    expect(stderr).toContain("-t no such certificate");
    expect(readFileSync(out(), "utf8")).toBe("former");
    expect(readdirSync(join(folder, "sites"))).toEqual(["trunk8"]);
  });

  test("leaves no file where there was none and nginx refuses it", async () => {
    expect((await write(fakeNginx(1, "no"))).exitCode).toBe(1);
    expect(readdirSync(join(folder, "sites"))).toEqual([]);
  });

  test("keeps the folder of the certificates, unless another is named", async () => {
    const env = fakeNginx(0, "ok");
    await write(env, "--certificates", "/etc/trunk8/tls");
    await write(env);
    const line = (path: string) => `ssl_certificate ${path}/fullchain.pem;`;
    expect(readFileSync(out(), "utf8")).toContain(line("/etc/trunk8/tls"));
    await write(env, "--certificates", "/srv/tls");
    expect(readFileSync(out(), "utf8")).toContain(line("/srv/tls"));
  });

  test("names a folder that is not there", async () => {
    const missing = join(folder, "none/trunk8");
    const { exitCode, stderr } = await call({}, "--domain", "x.example", "--out", missing);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(missing)]);
  });
});

const text = commandsText.configNginx;

describe("trunk8 config nginx", () => {
  test.each([
    ["nginx/site.conf", {}],
    ["nginx/site.cached.conf", { TRUNK8_LINKS_MAX_AGE_SECONDS: "300" }],
  ])("prints %s of the kit for the settings beside it", async (file, more) => {
    const env = readEnvironment(await Bun.file(join(deploy, "systemd/trunk8.env")).text());
    const { stdout, stderr, exitCode } = await call({ ...env, ...more });
    expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
    expect(stdout).toBe(await Bun.file(join(deploy, file)).text());
  });

  test.each([
    ["0.0.0.0:5001", "server 127.0.0.1:5001 "],
    ["10.0.0.3:80", "server 10.0.0.3:80 "],
    ["[::]:5001", "server [::1]:5001 "],
    ["[fd00::1]:5001", "server [fd00::1]:5001 "],
    ["unix:/run/t.sock", "server unix:/run/t.sock "],
  ])("leads to where the site listens: %s", async (listen, line) => {
    expect(await site({ TRUNK8_SERVER_LISTEN: listen })).toContain(`    ${line}`);
  });

  test.each<[string, Record<string, string>, string]>([
    [
      "the largest file and a form",
      { TRUNK8_APP_MAX_FILE_SIZE_MB: "7" },
      "client_max_body_size 8m;",
    ],
    ["any file", { TRUNK8_APP_MAX_FILE_SIZE_MB: "0" }, "client_max_body_size 0;"],
    ["a shorter keep-alive", { TRUNK8_SERVER_KEEP_ALIVE: "20" }, "keepalive_timeout 19s;"],
    ["one that cannot be shorter", { TRUNK8_SERVER_KEEP_ALIVE: "1" }, "keepalive_timeout 1s;"],
    [
      "users' pages on a host of their own",
      { TRUNK8_SERVER_CONTENT_ORIGIN: "https://x-content.example" },
      "server_name x.example x-content.example;",
    ],
  ])("is in step with the settings: %s", async (_, env, line) => {
    expect(await site(env)).toContain(line);
  });

  test("speaks of https only as long as the setting says, or not at all", async () => {
    expect(await site({ TRUNK8_SERVER_HSTS_SECONDS: "300" })).toContain('"max-age=300"');
    const subdomains = { TRUNK8_SERVER_HSTS_SUBDOMAINS: "true" };
    expect(await site(subdomains)).toContain('"max-age=31536000; includeSubDomains"');
    expect(await site({ TRUNK8_SERVER_HSTS_SECONDS: "0" })).not.toContain("trunk8_hsts");
  });

  test("keeps nothing unless links.max_age_seconds is set", async () => {
    expect(await site({})).not.toContain("proxy_cache");
  });

  test("balances over the nodes of a list, whose addresses may be names or IPv6", async () => {
    const printed = await site({}, "--nodes", "10.0.1.10:5001=3, b.example:80,[fd00::1]:5001=2");
    const servers = [...printed.matchAll(/^ +server (\S+) weight=(\d+) max_fails/gm)];
    expect(servers.map(([, address, weight]) => [address, weight])).toEqual([
      ["10.0.1.10:5001", "3"],
      ["b.example:80", "1"],
      ["[fd00::1]:5001", "2"],
    ]);
    expect(printed).toContain("least_conn;");
    expect(printed).toContain("proxy_next_upstream error timeout http_503;");
    expect(await site({})).not.toMatch(/least_conn|http_503/);
  });

  test.each([
    [["--domain", "x.example", "--nodes", "a:1,b"], text.nodeInvalid("b")],
    [["--domain", "x.example", "--nodes", "a:1=0"], text.nodeInvalid("a:1=0")],
    [["--domain", "x.example", "--nodes", "a:1;"], text.nodeInvalid("a:1;")],
    [["--domain", "x example"], text.domainInvalid("x example")],
    [["--domain", "x.example;"], text.domainInvalid("x.example;")],
    [["--domain=-x.example"], text.domainInvalid("-x.example")],
    [[], text.domainMissing],
    [["--domain", "x.example", "--static", "/srv/files"], text.staticName],
    [["--domain", "x.example", "--static", "/srv/{}/static"], text.pathInvalid("/srv/{}/static")],
    [["--domain", "x.example", "--certificates", "/etc/a b"], text.pathInvalid("/etc/a b")],
    [["--domain", "x.example", "more"], cliText.help.usage("config nginx")],
  ])("%p is wrong usage", async (words, says) => {
    const { exitCode, stdout, stderr } = await call({}, ...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(says);
  });

  test("warns on standard error about settings that would not work", async () => {
    const { stderr } = await call({}, "--domain", "x.example");
    expect(stderr).toBe(
      [
        text.warning.publicUrl("x.example"),
        text.warning.trustedProxies,
        text.warning.accelerate,
        "",
      ].join("\n"),
    );
  });
});
