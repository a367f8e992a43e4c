import { join } from "node:path";
import { type Ground, SITE_FILE } from "./ground.ts";
import { run, runWell, same } from "./tools.ts";
import { hasFiles } from "./upload-proofs.ts";

const MB = 1_048_576;

/** Files and addresses that curl sends to the site itself, through nginx. */
export async function proveSending(ground: Ground): Promise<void> {
  const { report, folder, site, nginx, visitor } = ground;
  const scopes = "links:create,files:create";
  const key = (await site.call("key", "add", "curl", "--user", "admin", "--scopes", scopes)).trim();
  const curl = async (path: string, from: string, ...words: string[]) => {
    const { stdout } = await run([
      ...["curl", ...nginx.curlWords, "-w", "\n%{http_code}"],
      ...["-H", `X-Test-Address: ${from}`, ...words, `${nginx.origin}${path}`],
    ]);
    const at = stdout.lastIndexOf("\n");
    return { text: stdout.slice(0, at).trim(), status: stdout.slice(at + 1) };
  };
  const isSent = async (path: string, ...words: string[]) => {
    const { text, status } = await curl(path, "198.51.100.30", "-u", `:${key}`, ...words);
    same(`${path}: ${text}`, status, "200");
    return new URL(text).pathname;
  };
  const file = join(folder, "numbers.txt");

  await report.prove(SITE_FILE, "curl sends to / and /NAME, which stays the link", async () => {
    same("a file", (await visitor.ask(await isSent("/", "-F", `file=@${file}`))).status, 200);
    const to = "https://example.com/by-curl";
    const short = await visitor.ask(await isSent("/", "-F", `url=${to}`));
    same("an address", short.headers.get("location"), to);
    const put = await visitor.ask(await isSent("/there", "-T", file));
    same("PUT /there", put.bytes.length, 100_000);
    const there = await visitor.ask(await isSent("/put/links", "-T", file));
    same("PUT /put/links", there.bytes.length, 100_000);
    same("GET /there", (await visitor.ask("/there")).status, 302);
    same("without a key", (await curl("/there", "198.51.100.31", "-T", file)).status, "401");
  });
  await report.prove(SITE_FILE, "a file to /NAME comes in unbuffered", async () => {
    const big = join(folder, "sent.zip");
    await runWell(["truncate", "-s", String(20 * MB), big]);
    const sent = isSent("/sent.zip", "-T", big, "--limit-rate", "10M");
    await Bun.sleep(800);
    const isDraft = hasFiles(join(folder, "data", "users", "admin", "assets", ".uploads"));
    const isKept = hasFiles(nginx.bodyFolder);
    await sent;
    same("in Trunk8's hands, in nginx's", [isDraft, isKept], [true, false]);
  });
  await report.prove(SITE_FILE, "too much, and too often, to /NAME are refused", async () => {
    const huge = join(folder, "huge.zip");
    await runWell(["truncate", "-s", String(102 * MB), huge]);
    for (const path of ["/huge.zip", "/"])
      same(path, (await curl(path, "198.51.100.32", "-u", `:${key}`, "-T", huge)).status, "413");
    const asked = { method: "PUT", body: "x", from: "198.51.100.33" };
    const many = Array.from({ length: 30 }, () => visitor.ask("/there", asked));
    const refused = (await Promise.all(many)).filter(({ status }) => status === 429);
    const fromNginx = refused.filter(({ text }) => text.startsWith("Too many requests from your"));
    same("some of 30 refused by nginx in our words", fromNginx.length > 0, true);
    // Trunk8 has a limit of its own, which may come first.
    same("pages of nginx's own", refused.filter(({ text }) => text.startsWith("<")).length, 0);
  });
}
