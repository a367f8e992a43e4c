import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { proveCache } from "./cache-proofs.ts";
import { CACHED_FILE, type Ground, MAIN_FILE, SITE_FILE } from "./ground.ts";
import { proveLimits } from "./limit-proofs.ts";
import { countLast, foundIn, sendSecrets } from "./logs/secrets.ts";
import { movePaths, Nginx } from "./nginx.ts";
import type { Report } from "./report.ts";
import { proveSending } from "./sending-proofs.ts";
import { PASSWORD, readEnvironment, Site } from "./site.ts";
import { run, runWell, same, until } from "./tools.ts";
import { proveUpload } from "./upload-proofs.ts";
import { Visitor } from "./visitor.ts";

const TARGET = "https://example.com/there";

/** Runs the files of deploy/nginx, with the settings of deploy/systemd/trunk8.env. */
export async function proveNginx(report: Report, folder: string): Promise<void> {
  const env = readEnvironment(movePaths(await report.text("systemd/trunk8.env"), folder));
  await using site = new Site({ folder, env: { ...env, TRUNK8_LOG_ACCESS: accessLog(folder) } });
  await using nginx = new Nginx(folder);
  const visitor = new Visitor(`https://127.0.0.1:${nginx.tlsPort}`);
  const ground: Ground = { report, folder, site, nginx, visitor };
  for (const file of [SITE_FILE, CACHED_FILE]) await proveIsPrinted(report, file);
  await report.prove([MAIN_FILE, SITE_FILE], "nginx takes it", async () => {
    await nginx.prepare(await report.text(MAIN_FILE), await report.text(SITE_FILE));
    await nginx.check();
    await nginx.start();
  });
  await report.prove("systemd/trunk8.env", "the site starts with it", () => fill(ground));
  await proveAnswers(ground);
  await proveFiles(ground);
  await proveLimits(ground);
  await proveSending(ground);
  await proveReplacing(ground);
  await proveUpload(ground);
  await proveCache(ground);
}

const accessLog = (folder: string) => join(folder, "access.log");

/** The file is what the program prints for the settings beside it. */
async function proveIsPrinted(report: Report, file: string): Promise<void> {
  const env = readEnvironment(await report.text("systemd/trunk8.env"));
  const seconds = file === CACHED_FILE ? "300" : "0";
  await report.prove(file, "what trunk8 config nginx prints", async () => {
    await using site = new Site({
      folder: "/tmp",
      env: { ...env, TRUNK8_LINKS_MAX_AGE_SECONDS: seconds },
    });
    same("the file", await report.text(file), await site.call("config", "nginx"));
  });
}

async function fill({ folder, site }: Ground): Promise<void> {
  mkdirSync(join(folder, "run"), { recursive: true });
  mkdirSync(join(folder, "data", "config"), { recursive: true });
  await site.start();
  await site.call("add", TARGET, "--code", "there");
  await site.call("add", TARGET, "--code", "later");
  await Bun.write(join(folder, "numbers.txt"), "0123456789".repeat(10_000));
  await site.call("add", join(folder, "numbers.txt"), "--code", "numbers", "--inline");
  await site.call("assets", "--out", join(folder, "cache", "static"));
}

async function proveAnswers({ report, folder, nginx, visitor }: Ground): Promise<void> {
  await report.prove(SITE_FILE, "http leads to https", async () => {
    const plain = new Visitor(`http://127.0.0.1:${nginx.plainPort}`);
    const { status, headers } = await plain.ask("/there?a=b");
    same("the answer", [status, headers.get("location")], [301, "https://x.example/there?a=b"]);
    await Bun.write(join(folder, "acme/.well-known/acme-challenge/token"), "proof");
    same("certbot's proof", (await plain.ask("/.well-known/acme-challenge/token")).text, "proof");
  });
  await report.prove(SITE_FILE, "a link opens by HTTP/2 with our headers once", async () => {
    const { status, headers } = await visitor.ask("/there");
    same("the answer", [status, headers.get("location")], [302, TARGET]);
    same("HSTS", headers.get("strict-transport-security"), "max-age=31536000");
    const words = ["curl", ...nginx.curlWords, "-o", "/dev/null", "-w", "%{http_version}"];
    same("HTTP", await runWell([...words, `${nginx.origin}/there`]), "2");
  });
  await report.prove(SITE_FILE, "a forged client address is not believed", async () => {
    const forged = { "x-forwarded-for": "203.0.113.99", "x-real-ip": "203.0.113.98" };
    await visitor.ask("/there?forged", { from: "198.51.100.7", headers: forged });
    const log = () => readFileSync(accessLog(folder), "utf8");
    await until("a line in the log", () => log().includes("forged"));
    const line = log()
      .split("\n")
      .find((each) => each.includes("forged"));
    same("the address in the log", line?.split(" ", 1)[0], "198.51.100.7");
  });
  await report.prove(MAIN_FILE, "no log has an API key", async () => {
    const secrets = await sendSecrets(visitor);
    const logs = () => readFileSync(accessLog(folder), "utf8");
    // nginx and the site write to the same file.
    await until("the last line of both", () => countLast(logs()) >= 2);
    same("keys in the logs", foundIn(logs() + readFileSync(nginx.errorLog, "utf8"), secrets), []);
  });
  await report.prove(MAIN_FILE, "a name that is not ours gets no answer", async () => {
    const other = new Visitor(`http://127.0.0.1:${nginx.plainPort}`);
    const answered = await other.ask("/there", { headers: { host: "other.example" } }).then(
      ({ status }) => status,
      () => null,
    );
    same("the answer", answered, null);
  });
}

async function proveFiles({ report, folder, site, visitor }: Ground): Promise<void> {
  await report.prove(SITE_FILE, "files go out by X-Accel with ranges and headers", async () => {
    const whole = await visitor.ask("/numbers");
    same("the answer", [whole.status, whole.bytes.length], [200, 100_000]);
    for (const [name, wanted] of Object.entries(FILE_HEADERS))
      same(name, whole.headers.get(name), wanted);
    const part = await visitor.ask("/numbers", { headers: { range: "bytes=5-14" } });
    same(
      "a part",
      [part.status, part.text, part.headers.get("content-range")],
      [206, "5678901234", "bytes 5-14/100000"],
    );
    const etag = whole.headers.get("etag") ?? "";
    const again = await visitor.ask("/numbers", { headers: { "if-none-match": etag } });
    same("asked again", again.status, 304);
  });
  await report.prove(SITE_FILE, "files in place go out from folders of any name", async () => {
    const cookie = await visitor.signIn(PASSWORD, "198.51.100.9");
    for (const username of ["static", "auth"]) {
      const fields = { username, password: PASSWORD, confirm_password: PASSWORD };
      const body = new URLSearchParams(fields).toString();
      const { status } = await visitor.ask("/auth/register", { headers: { cookie }, body });
      same("registering", status, 303);
      const own = join(folder, "data", "users", username);
      const path = "assets/a & b/%41/numbers.txt";
      await Bun.write(join(own, path), "0123456789".repeat(10_000));
      const link = ['type = "file"', 'path = "a & b/%41/numbers.txt"', "inline = true"];
      await Bun.write(join(own, "links.toml"), [`[links.in-${username}]`, ...link].join("\n"));
      await site.call("apply", "--user", username);
      const { status: opened, bytes, headers } = await visitor.ask(`/in-${username}`);
      same("the answer", [opened, bytes.length], [200, 100_000]);
      // Of nginx, which has no entity tag of ours.
      same("the sender's tag", headers.get("etag")?.includes("-"), true);
    }
  });
  await report.prove(SITE_FILE, "nobody reaches files past Trunk8", async () => {
    const assets = join(folder, "data", "users", "admin", "assets");
    const name = readdirSync(assets).find((each) => each.endsWith(".txt"));
    for (const path of [`/admin/assets/${name}`, `/static/../admin/assets/${name}`, "/trunk8.db"])
      same(path, (await visitor.ask(path)).status, 404);
  });
  await report.prove(SITE_FILE, "/static/ comes packed from the disk", async () => {
    const names = readdirSync(join(folder, "cache", "static"));
    const name = names.find((each) => each.startsWith("site.") && each.endsWith(".css")) ?? "";
    const packed = await visitor.ask(`/static/${name}`, { headers: { "accept-encoding": "gzip" } });
    const onDisk = await Bun.file(join(folder, "cache", "static", `${name}.gz`)).bytes();
    same("the coding", packed.headers.get("content-encoding"), "gzip");
    same("the bytes", packed.bytes, onDisk);
    same("the type", packed.headers.get("content-type"), "text/css; charset=utf-8");
    same("the age", packed.headers.get("cache-control"), "public, max-age=31536000, immutable");
    same("what is not there", (await visitor.ask("/static/none.css")).status, 404);
  });
}

const FILE_HEADERS = {
  "content-type": "text/plain; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'self'",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "cross-origin",
  "strict-transport-security": "max-age=31536000",
  "x-robots-tag": "noindex",
  "cache-control": "no-cache",
  "content-disposition": "inline; filename=numbers.txt",
  "accept-ranges": "bytes",
};

/** Both workers are replaced while they are asked as fast as they answer. */
async function proveReplacing({ report, site, nginx, folder }: Ground): Promise<void> {
  await report.prove(SITE_FILE, "no request fails over SIGUSR2", async () => {
    const sockets = () => readdirSync(join(folder, "run")).filter((name) => name.endsWith(".sock"));
    same("the sockets", sockets().sort(), ["trunk8-1.sock", "trunk8-2.sock"]);
    const before = await childrenOf(site.pid);
    const url = `http://127.0.0.1:${nginx.loadPort}/there`;
    const load = run(["wrk", "-t1", "-c8", "-d8s", "-H", "Host: x.example", url]);
    await Bun.sleep(500);
    site.signal("SIGUSR2");
    const { stdout } = await load;
    await until("other workers", async () => {
      const after = await childrenOf(site.pid);
      return !after.some((pid) => before.includes(pid));
    });
    if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout.trim());
    if (!/[1-9]\d* requests in/.test(stdout)) throw new Error(`wrk measured nothing: ${stdout}`);
  });
}

async function childrenOf(pid: number): Promise<string[]> {
  const { stdout } = await run(["pgrep", "-P", String(pid)]);
  return stdout.split("\n").filter(Boolean);
}
