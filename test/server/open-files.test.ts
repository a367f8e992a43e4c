/** More connections than open files that a process may have. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addLink, type Site, signIn, startSite, until } from "./site.ts";

let folder: string;
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-files-"));
  site = await startSite({ dataFolder: folder, workers: "", openFiles: 256 });
  await addLink(site.origin, await signIn(site.origin), "there", "https://example.com/");
}, 60_000);
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function isOpened(): Promise<boolean> {
  const init = { redirect: "manual", signal: AbortSignal.timeout(2000), keepalive: false } as const;
  const answer = await fetch(`${site.origin}/there`, init).catch(() => null);
  return answer?.status === 302;
}

/** Opens connections that send nothing. */
function hold(count: number): Socket[] {
  const port = Number(new URL(site.origin).port);
  return Array.from({ length: count }, () => connect(port, "127.0.0.1").on("error", () => {}));
}

/** A connection from before the crowd, which it keeps. */
class Kept {
  readonly #socket = connect(Number(new URL(site.origin).port), "127.0.0.1");

  async ask(path: string, cookie: string): Promise<string> {
    const answer = Promise.withResolvers<string>();
    this.#socket.once("data", (bytes) => answer.resolve(bytes.toString("latin1").slice(9, 12)));
    this.#socket.once("close", () => answer.resolve("closed"));
    this.#socket.write(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: ${cookie}\r\n\r\n`);
    return await answer.promise;
  }

  close(): void {
    this.#socket.destroy();
  }
}

test("answers again within five seconds after a crowd took all open files, and stops with 0", async () => {
  const cookie = await signIn(site.origin);
  const kept = new Kept();
  expect(await kept.ask("/health", cookie)).toBe("200");
  const crowd = hold(1000);
  await until(async () => !(await isOpened()));
  expect(await kept.ask("/there", cookie)).toBe("302");
  // Its list would need threads and style sheets for the first time now.
  expect(["200", "500", "503"]).toContain(await kept.ask("/links", cookie));
  for (const socket of crowd) socket.destroy();
  await until(isOpened, 5000);
  const headers = { cookie, accept: "application/json" };
  const post = async (fields: Readonly<Record<string, string | Blob>>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await fetch(`${site.origin}/add`, { method: "POST", body, headers });
    return answer.status;
  };
  for (const path of ["/", "/links", "/-/links/there", "/users"])
    await until(async () => (await fetch(site.origin + path, { headers })).status === 200, 5000);
  expect(await post({ link_type: "file", file: new File(["x".repeat(300_000)], "a.txt") })).toBe(
    201,
  );
  const text = { markdown_input_type: "text", markdown_text_content: "# Hello" };
  expect(await post({ link_type: "markdown", short_code: "page", ...text })).toBe(201);
  expect(await (await fetch(`${site.origin}/page`)).text()).toContain("Hello");
  kept.close();
  expect(site.log.filter((line) => !("@timestamp" in line))).toEqual([]);
  expect(site.log.filter((line) => line["log.level"] === "critical")).toEqual([]);
  expect(await site.stop()).toBe(0);
}, 60_000);
