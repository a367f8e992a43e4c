import { strict as assert } from "node:assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { href } from "../src/http/urls.ts";
import { version } from "../src/version.ts";

/** Timeout of the start, in milliseconds. */
const START_MS = 20_000;

/**
 * Runs an executable outside of the repository, as a new user does, to find what is missing in it.
 * @throws Error that describes the failure
 */
export async function smokeTest(executable: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "trunk8-smoke-"));
  try {
    await checkVersion(executable, folder);
    await checkSite(executable, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checkVersion(executable: string, cwd: string): Promise<void> {
  const program = Bun.spawn([executable, "--version"], { cwd, stderr: "inherit" });
  assert.equal((await program.stdout.text()).trim(), version);
  assert.equal(await program.exited, 0);
}

async function checkSite(executable: string, cwd: string): Promise<void> {
  const program = Bun.spawn([executable, "serve", "--listen", "127.0.0.1:0"], {
    cwd,
    env: { PATH: process.env.PATH, TRUNK8_APP_THEME: "darkly", TRUNK8_OPS_LISTEN: "" },
    stderr: "inherit",
  });
  try {
    const origin = await readOrigin(program.stdout);
    await checkRedirect(origin);
    await checkStyledPage(origin);
    await checkDocument(origin);
    program.kill("SIGTERM");
    assert.equal(await program.exited, 0, "it should stop with exit code 0");
  } finally {
    program.kill("SIGKILL");
  }
}

/** Reads the URL that the program prints when it listens. */
async function readOrigin(output: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let printed = "";
  const reading = (async () => {
    for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
      printed += chunk;
      const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
      if (origin !== undefined) return origin;
    }
    return undefined;
  })();
  const origin = await Promise.race([reading, Bun.sleep(START_MS)]);
  assert(origin, `it should print its URL, and printed: ${printed}`);
  return origin;
}

async function checkRedirect(origin: string): Promise<void> {
  const example = href("open", { shortCode: "example" });
  const answer = await fetch(origin + example, { redirect: "manual" });
  assert.equal(answer.status, 302, "the example link should redirect");
  assert.match(answer.headers.get("location") ?? "", /^https:/);
}

async function checkStyledPage(origin: string): Promise<void> {
  const page = await fetch(origin + href("signIn"));
  assert.equal(page.status, 200, "the sign-in page should open");
  const sheets = [...(await page.text()).matchAll(/href="([^"]+\.css)"/g)];
  assert(sheets.length > 0, "the page should have a stylesheet");
  for (const [, sheet = ""] of sheets) {
    const answer = await fetch(new URL(sheet, origin));
    assert.equal(answer.headers.get("content-type"), "text/css; charset=utf-8");
    const css = await answer.text();
    assert(css.length > 0, `${sheet} should not be empty`);
    const font = /url\("([^"]+\.woff2)"\)/.exec(css)?.[1];
    if (font !== undefined) await checkFont(new URL(font, answer.url));
  }
}

/** Opens a document: it is rendered in a thread, which loads its modules when they are needed. */
async function checkDocument(origin: string): Promise<void> {
  const page = await fetch(origin + href("open", { shortCode: "example-document" }));
  assert.equal(page.status, 200, "the example document should open");
  const html = await page.text();
  for (const part of ["<table", "<math", "hljs-keyword"])
    assert(html.includes(part), `the example document should have ${part}`);
}

async function checkFont(address: URL): Promise<void> {
  const answer = await fetch(address);
  assert.equal(answer.headers.get("content-type"), "font/woff2");
  assert((await answer.bytes()).length > 1000, `${address} should be a font`);
}
