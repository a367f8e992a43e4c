import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { findFreePort, stopChild } from "../../bench/sides/side.ts";
import { makeCertificate } from "./certificate.ts";
import { countLast, foundIn, sendSecrets } from "./logs/secrets.ts";
import type { Report } from "./report.ts";
import { Site } from "./site.ts";
import { run, runWell, same, toolPath, until } from "./tools.ts";
import { type Answer, type Asked, Visitor } from "./visitor.ts";

const CONFIG = "haproxy/haproxy.cfg";
const SHIFT = "haproxy/shift.sh";

/** Two sites, told apart by where their link leads, behind one HAProxy. */
interface Pair {
  readonly report: Report;
  readonly folder: string;
  readonly visitor: Visitor;
  readonly plainPort: number;
  readonly tlsPort: number;
  readonly loadPort: number;
  readonly ports: Readonly<Record<"a" | "b", number>>;
}

/** Runs deploy/haproxy before two instances, and moves requests between them. */
export async function proveHaproxy(report: Report, folder: string): Promise<void> {
  const [plainPort, tlsPort, loadPort] = [findFreePort(), findFreePort(), findFreePort()];
  const ports = { a: findFreePort(), b: findFreePort() };
  const visitor = new Visitor(`https://127.0.0.1:${tlsPort}`);
  const pair: Pair = { report, folder, visitor, plainPort, tlsPort, loadPort, ports };
  await using a = await startOne(folder, "a", ports.a);
  await using _b = await startOne(folder, "b", ports.b);
  await report.prove(CONFIG, "haproxy takes it", async () => {
    await prepare(pair);
    await runWell(["haproxy", "-c", "-f", configPath(folder)]);
  });
  const child = Bun.spawn([toolPath("haproxy"), "-f", configPath(folder), "-db"], {
    stdio: ["ignore", Bun.file(join(folder, "haproxy.log")), Bun.file(join(folder, "haproxy.err"))],
  });
  try {
    await until("haproxy's start", () =>
      visitor.ask("/there").then(
        () => true,
        () => false,
      ),
    );
    await proveAnswers(pair);
    await proveLimits(pair);
    await proveShares(pair);
    await proveReadiness(pair);
    await proveDraining(pair, a);
    await report.prove(CONFIG, "the other one goes on", async () =>
      same("the target", (await visitor.ask("/there")).headers.get("location"), targetOf("b")),
    );
  } finally {
    await stopChild(child);
  }
}

const configPath = (folder: string) => join(folder, "haproxy.cfg");
const socketPath = (folder: string) => join(folder, "admin.sock");
const targetOf = (name: string) => `https://example.com/${name}`;

async function startOne(folder: string, name: string, port: number): Promise<Site> {
  const own = join(folder, name);
  mkdirSync(own);
  const env = {
    TRUNK8_DATA: join(own, "data"),
    TRUNK8_SERVER_LISTEN: `127.0.0.1:${port}`,
    TRUNK8_SERVER_PUBLIC_URL: "https://x.example",
    TRUNK8_SERVER_TRUSTED_PROXIES: "127.0.0.1",
    TRUNK8_LOG_ACCESS: join(own, "access.log"),
  };
  const site = new Site({ folder: own, env });
  await site.start();
  await site.call("add", targetOf(name), "--code", "there");
  return site;
}

async function prepare(pair: Pair): Promise<void> {
  const { report, folder, plainPort, tlsPort, loadPort, ports } = pair;
  const certificates = join(folder, "certificates");
  const { certificate, key } = await makeCertificate(join(folder, "made"));
  await Bun.write(join(certificates, "x.pem"), certificate + key);
  const text = (await report.text(CONFIG))
    .replace(/ +(user|group) haproxy\n/g, "")
    .replace("maxconn 20000", "maxconn 2000") // as many files as a machine for tests lets open
    .replace("log /dev/log local0", "log stdout format raw local0")
    .replace("/run/haproxy/admin.sock", socketPath(folder))
    .replace("/etc/haproxy/certificates/", certificates)
    .replace("bind :80", `bind 127.0.0.1:${plainPort}`)
    .replace("bind :443", `bind 127.0.0.1:${loadPort}\n    bind 127.0.0.1:${tlsPort}`)
    .replace("10.0.1.10:5001", `127.0.0.1:${ports.a}`)
    .replace("10.0.1.11:5001", `127.0.0.1:${ports.b}`);
  await Bun.write(configPath(folder), text);
}

async function proveAnswers({ report, folder, visitor, plainPort }: Pair): Promise<void> {
  await report.prove(CONFIG, "http leads to https", async () => {
    const plain = new Visitor(`http://127.0.0.1:${plainPort}`);
    const { status, headers } = await plain.ask("/there?a=b");
    const wanted = [301, "https://x.example/there?a=b"];
    same("the answer", [status, headers.get("location")], wanted);
  });
  await report.prove(CONFIG, "a forged client address is not believed", async () => {
    const forged = { "x-forwarded-for": "203.0.113.99", forwarded: "for=203.0.113.98" };
    const { headers } = await visitor.ask("/there?forged", { headers: forged });
    same("HSTS", headers.get("strict-transport-security"), "max-age=31536000");
    const line = async () => {
      const logs = ["a", "b"].map((name) => runWell(["cat", join(folder, name, "access.log")]));
      return (await Promise.all(logs)).join("").match(/.*forged.*/)?.[0];
    };
    await until("a line in the log", async () => (await line()) !== undefined);
    same("the address in the log", (await line())?.split(" ", 1)[0], "127.0.0.1");
  });
  await report.prove(CONFIG, "no log has an API key", async () => {
    const secrets = await sendSecrets(visitor);
    const files = ["haproxy.log", "a/access.log", "b/access.log"].map((name) => join(folder, name));
    const logs = async () =>
      (await Promise.all(files.map((file) => Bun.file(file).text()))).join("");
    await until("the last line of both", async () => countLast(await logs()) >= 2);
    same("keys in the logs", foundIn(await logs(), secrets), []);
  });
}

/** Takes the share with its files away from one machine for a while. */
async function proveReadiness({ report, folder, visitor }: Pair): Promise<void> {
  await report.prove(CONFIG, "a machine that is not ready gets no requests", async () => {
    const mark = join(folder, "a/data/users/.trunk8-site");
    const answeredBy = async (name: string) => {
      const targets = [];
      for (let asked = 0; asked < 10; asked++)
        targets.push((await visitor.ask("/there")).headers.get("location"));
      return targets.every((target) => target === targetOf(name));
    };
    renameSync(mark, `${mark}.away`);
    await until("only b answering", () => answeredBy("b"));
    renameSync(`${mark}.away`, mark);
    await until("a answering again", async () => !(await answeredBy("b")));
  });
}

async function proveLimits({ report, visitor }: Pair): Promise<void> {
  const many = async (count: number, path: string, asked?: Asked): Promise<Answer[]> => {
    const answers = [];
    for (let at = 0; at < count; at++) answers.push(await visitor.ask(path, asked));
    return answers.filter(({ text }) => text.startsWith("Too many requests from your IP"));
  };
  await report.prove(CONFIG, "429 for signing in, none for openings", async () => {
    same("refused of 200 openings", (await many(200, "/there")).length, 0);
    const [first, ...others] = await many(20, "/auth/login", { body: "username=x" });
    same("refused of 20 posts", 1 + others.length, 5);
    same("Retry-After", first?.headers.get("retry-after"), "60");
  });
  await report.prove(CONFIG, "429 for signing in however the path is written", async () => {
    const paths = [
      "/%61uth/login",
      "/x/../%61uth/login",
      "/x/%2e%2e/auth/login",
      "/.\\auth\\login",
    ];
    for (const path of paths)
      same(`refused at ${path}`, (await many(1, path, { body: "username=x" })).length, 1);
  });
  await report.prove(CONFIG, "429 in general, none for encoded openings", async () => {
    const refused = await many(130, "/links");
    if (refused.length < 5) throw new Error(`of 130 only ${refused.length} were refused`);
    for (const path of ["/%6cinks", "/.\\links"])
      same(`refused at ${path}`, (await many(1, path)).length, 1);
    same("refused of 20 openings", (await many(20, "/%74here")).length, 0);
  });
}

/** How many of so many requests each of the two answered. */
async function sharesOf(visitor: Visitor, count: number): Promise<{ a: number; b: number }> {
  const shares = { a: 0, b: 0 };
  for (let at = 0; at < count; at++) {
    const { headers } = await visitor.ask("/there");
    if (headers.get("location") === targetOf("a")) shares.a++;
    if (headers.get("location") === targetOf("b")) shares.b++;
  }
  return shares;
}

async function shift(folder: string, ...words: string[]): Promise<string> {
  return await runWell(["sh", shiftScript, ...words], {
    env: { HAPROXY_SOCKET: socketPath(folder) },
  });
}

const shiftScript = join(import.meta.dir, "../../deploy", SHIFT);

async function proveShares({ report, folder, visitor }: Pair): Promise<void> {
  await report.prove([CONFIG, SHIFT], "shifts weight between two versions", async () => {
    await shift(folder, "share", "b", "10");
    const few = await sharesOf(visitor, 100);
    if (few.b < 5 || few.b > 15) throw new Error(`10 % came out as ${JSON.stringify(few)}`);
    await shift(folder, "share", "b", "50");
    const half = await sharesOf(visitor, 100);
    if (half.b < 45 || half.b > 55) throw new Error(`50 % came out as ${JSON.stringify(half)}`);
    const shown = await shift(folder, "show");
    if (!/b: UP, weight 50, \d+ requests/.test(shown)) throw new Error(`shown as ${shown}`);
  });
  await report.prove(SHIFT, "shellcheck finds nothing", () => runWell(["shellcheck", shiftScript]));
  await report.prove(SHIFT, "refuses what makes no sense", async () => {
    for (const words of [["share", "b", "101"], ["share", "b", "x"], ["drain", "c"], ["fly"], []]) {
      const ran = await run(["sh", shiftScript, ...words], {
        env: { HAPROXY_SOCKET: socketPath(folder) },
      });
      if (ran.exitCode === 0) throw new Error(`shift.sh ${words.join(" ")} is taken`);
    }
  });
}

/** One instance is emptied and stopped while both are asked as fast as they answer. */
async function proveDraining({ report, folder, visitor, loadPort }: Pair, a: Site): Promise<void> {
  await report.prove([CONFIG, SHIFT], "drains one of two without a failed request", async () => {
    const words = ["-t1", "-c8", "-d5s", "-H", "Host: x.example"];
    const load = run(["wrk", ...words, `http://127.0.0.1:${loadPort}/there`]);
    await Bun.sleep(1000);
    await shift(folder, "drain", "a");
    await Bun.sleep(1000);
    same("its share", (await sharesOf(visitor, 50)).a, 0);
    await a.stop();
    const { stdout } = await load;
    if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout.trim());
    if (!/[1-9]\d* requests in/.test(stdout)) throw new Error(`wrk measured nothing: ${stdout}`);
  });
}
