/** Files at the command line: what `trunk8 add` takes for one, and what becomes of it. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/cli/commands/text.en.ts";
import { text as files } from "../../../src/files/text.en.ts";
import { text as linkText } from "../../../src/links/text.en.ts";
import { formatBytes } from "../../../src/text/format.ts";
import { type Call, callProgram } from "../program.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (words: readonly string[], call: Call = {}) => callProgram(folder, words, call);

const put = (name: string, bytes: string | Uint8Array) => writeFileSync(join(folder, name), bytes);

const sha256 = (bytes: string | Uint8Array) =>
  new Bun.CryptoHasher("sha256").update(bytes).digest("hex");

async function listed(): Promise<Record<string, unknown>[]> {
  return JSON.parse((await trunk8(["ls", "--json"])).stdout);
}

/** The names of the stored files, and of what is on its way in. */
function stored(owner = "admin"): string[] {
  const assets = join(folder, "data/users", owner, "assets");
  const names = readdirSync(assets, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name !== ".uploads");
}

describe("a word that names a file", () => {
  test("becomes a link of its bytes, which lists show without telling where they lie", async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(65_536));
    put("Bericht \u00fcber 2026.pdf", bytes);
    const words = ["add", "Bericht \u00fcber 2026.pdf", "--code", "report", "--inline"];
    const added = await trunk8([...words, "--title", "T"]);
    expect(added).toEqual({ exitCode: 0, stdout: "http://localhost:5001/report\n", stderr: "" });
    const [link] = await listed();
    expect(link).toEqual({
      short_code: "report",
      shortCode: "report",
      kind: "file",
      owner: "admin",
      target: "",
      content: {
        name: "Bericht \u00fcber 2026.pdf",
        type: "application/octet-stream",
        size: 65_536,
        sha256: sha256(bytes),
        modifiedAt: expect.any(String),
      },
      startsAt: null,
      fallbackUrl: "",
      forwardQuery: null,
      embedHosts: "",
      inline: true,
      title: "T",
      tags: [],
      aliases: [],
      hasPassword: false,
      visitLimit: null,
      visitsLeft: null,
      wrongPasswords: 0,
      note: "",
      redirectStatus: 302,
      status: "live",
      standing: "live",
      disabled: false,
      declared: false,
      expiresAt: null,
      createdAt: expect.any(String),
      revision: 1,
      updatedAt: expect.any(String),
      visits: 0,
      lastVisitAt: null,
    });
    expect((await trunk8(["ls"])).stdout).toMatch(
      /^report +live +admin +0 {2}Bericht \u00fcber 2026\.pdf \(64 KB\)$/m,
    );
    expect(stored()).toHaveLength(1);
  });

  test("gets another name where one is given, and an automatic code", async () => {
    put("x1", "text");
    const added = await trunk8(["add", "./x1", "--name", "notes.txt", "--json"]);
    const { shortCode } = JSON.parse(added.stdout);
    expect(await listed()).toMatchObject([
      { shortCode, content: { name: "notes.txt", type: "text/plain; charset=utf-8", size: 4 } },
    ]);
  });

  test("of HTML given as a document becomes a web page, and says so", async () => {
    put("index.htm", "<p>Hi");
    const words = ["add", "index.htm", "--name", "index.html", "--kind", "markdown"];
    expect((await trunk8(words)).stderr).toContain(text.links.add.becameWebPage);
    expect(await listed()).toMatchObject([{ kind: "html", content: { name: "index.html" } }]);
  });

  test("that is no text is refused as a document", async () => {
    put("a.png", "\x89PNG\r\n\x1a\n\0\0");
    const result = await trunk8(["add", "a.png", "--kind", "markdown"]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain(linkText.input.notText);
    expect(await listed()).toEqual([]);
  });

  test("may be empty", async () => {
    put("empty.txt", "");
    expect((await trunk8(["add", "empty.txt"])).exitCode).toBe(0);
    expect(await listed()).toMatchObject([{ content: { size: 0, sha256: sha256("") } }]);
  });

  test("is refused past the largest size, or under a code that is taken, and leaves nothing", async () => {
    put("big.txt", new Uint8Array(1_048_577));
    put("small.txt", "small");
    const env = { TRUNK8_APP_MAX_FILE_SIZE_MB: "1" };
    const tooBig = await trunk8(["add", "big.txt"], { env });
    expect(tooBig).toMatchObject({ exitCode: 1, stdout: "" });
    expect(tooBig.stderr).toBe(`trunk8: ${files.tooLarge(formatBytes(1_048_576))}\n`);
    expect((await trunk8(["add", "small.txt", "--code", "small"], { env })).exitCode).toBe(0);
    const taken = await trunk8(["add", "big.txt", "--code", "small"]);
    expect(taken.stderr).toBe(`trunk8: ${linkText.shortCode.taken("small")}\n`);
    expect(stored()).toHaveLength(1);
  });
});

describe("standard input", () => {
  test("becomes a file where - stands for it, under the name it is given", async () => {
    const input = crypto.getRandomValues(new Uint8Array(300_000));
    expect((await trunk8(["add", "-", "--name", "a.zip"], { input })).exitCode).toBe(0);
    expect(await listed()).toMatchObject([
      { content: { name: "a.zip", size: 300_000, sha256: sha256(input) } },
    ]);
  });

  test("needs a name", async () => {
    const result = await trunk8(["add", "-"], { input: "text" });
    expect(result).toMatchObject({ exitCode: 2, stdout: "" });
    expect(result.stderr).toContain("--name NAME");
  });
});

describe("add --json -", () => {
  const add = (input: string, ...words: string[]) =>
    trunk8(["add", "--json", "-", ...words], { input });
  const target = "https://example.com/";

  test("creates a link from a JSON object", async () => {
    const { stdout, exitCode } = await add(JSON.stringify({ short_code: "one", target }));
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ short_code: "one", shortCode: "one" });
    expect(await listed()).toMatchObject([{ shortCode: "one", target }]);
  });

  test("creates a link from each element or line, in order", async () => {
    const bodies = ["a", "b"].map((code) => JSON.stringify({ short_code: code, target }));
    const lines = await add(`${bodies.join("\n")}\n`);
    expect(
      lines.stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).short_code),
    ).toEqual(["a", "b"]);
    expect((await add('[{"kind": "file", "content": "Hello", "title": "t"}]')).exitCode).toBe(0);
    expect(await listed()).toMatchObject([
      { content: { name: "t.txt", size: 5 } },
      { shortCode: "b" },
      { shortCode: "a" },
    ]);
  });

  test("names the link that is refused, and keeps those before it", async () => {
    const refused = await add(JSON.stringify([{ short_code: "a", target }, { target: "x" }]));
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stderr).toContain(text.links.add.entry(2, ""));
    expect(await listed()).toMatchObject([{ shortCode: "a" }]);
  });

  test("names the fields that are unknown or refused", async () => {
    const both = await add(JSON.stringify({ target, expire_in: "2h", shortCode: "a" }));
    expect(both).toMatchObject({ exitCode: 1, stdout: "" });
    const { field, entry } = text.links.add;
    const unknown = ["expire_in", "shortCode"].map((name) =>
      field(name, linkText.input.unknownField),
    );
    expect(both.stderr).toBe(`trunk8: ${unknown.join(" ")}\n`);
    const second = await add(JSON.stringify([{ target }, { target, redirect_status: 300 }]));
    const refused = field("redirect_status", linkText.input.unknownRedirectStatus);
    expect(second.stderr).toBe(`trunk8: ${entry(2, refused)}\n`);
  });

  test("rejects what is no JSON, and options beside it", async () => {
    expect((await add("{")).stderr).toContain(text.links.add.notJson(1));
    for (const option of [["--title", "T"], ["--forward-query"], ["--password-stdin"]]) {
      const beside = await add("{}", ...option);
      expect(beside).toMatchObject({ exitCode: 2 });
      expect(beside.stderr).toContain(text.links.add.optionsBesideJson);
    }
  });
});

describe("a word that is no clear address or file", () => {
  beforeEach(() => {
    put("mailto:x.txt", "text");
    put("program.exe", "MZ");
    mkdirSync(join(folder, "folder"));
  });

  test.each([
    [["example"], 1, text.links.add.noFile("example")],
    [["./example.com"], 1, text.links.add.noFile("./example.com")],
    [["example.com", "--kind", "file"], 1, text.links.add.noFile("example.com")],
    [["missing.pdf"], 1, text.links.add.noFile("missing.pdf")],
    [["https://example.com/", "--kind", "file"], 1, text.links.add.noFile("https://example.com/")],
    [["missing.pdf", "--kind", "nothing"], 1, linkText.input.unknownKind],
    [["folder"], 2, '"folder" is a folder'],
    [["mailto:x.txt"], 2, text.links.add.isFileAndUrl("mailto:x.txt")],
    [["program.exe", "--inline", "--download"], 2, text.links.add.inlineOrDownload],
    [["x".repeat(300)], 1, text.links.add.noFile("x".repeat(300))],
  ])("%p ends with %p and says: %p", async (words, exitCode, message) => {
    const result = await trunk8(["add", ...words]);
    expect(result).toMatchObject({ exitCode, stdout: "" });
    expect(result.stderr).toStartWith(`trunk8: `);
    expect(result.stderr).toContain(message);
  });

  test("is refused where its extension is not allowed", async () => {
    const env = { TRUNK8_FILES_ALLOWED_EXTENSIONS: "txt" };
    const result = await trunk8(["add", "program.exe"], { env });
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain(files.notAllowed("exe", "txt"));
  });

  test.each([[["./mailto:x.txt"]], [["mailto:x.txt", "--kind", "file"]]])(
    "%p is the file of that name",
    async (words) => {
      expect(await trunk8(["add", ...words])).toMatchObject({ exitCode: 0, stderr: "" });
      expect(await listed()).toMatchObject([{ kind: "file", content: { name: "mailto:x.txt" } }]);
    },
  );

  test.each(["example.com", "example.org/a.pdf", "localhost:3000", "www.example.com/x?y"])(
    "adds https:// to %p",
    async (word) => {
      expect(await trunk8(["add", word])).toMatchObject({ exitCode: 0, stderr: "" });
      expect(await listed()).toMatchObject([{ kind: "redirect", target: `https://${word}` }]);
    },
  );

  test("an address of any length is one", async () => {
    const url = `https://example.com/${"x".repeat(5000)}`;
    expect(await trunk8(["add", url])).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await listed()).toMatchObject([{ kind: "redirect", target: url, content: null }]);
  });
});

describe("a folder of an HTML page", () => {
  test("becomes a site, as its zip does", async () => {
    mkdirSync(join(folder, "site/css"), { recursive: true });
    mkdirSync(join(folder, "site/.git"));
    put("site/index.html", "<title>Start</title>");
    put("site/css/a.css", "body {}");
    put("site/.git/config", "secret");
    const added = await trunk8(["add", "site", "--kind", "html", "--code", "site"]);
    expect(added).toEqual({ exitCode: 0, stdout: "http://localhost:5001/site\n", stderr: "" });
    const [link] = await listed();
    expect(link).toMatchObject({ kind: "html", content: { name: "index.html" } });
    expect(stored().map((name) => name.replace(/.*\./, "."))).toHaveLength(2);
  });

  test("is none without an index.html, or as another kind", async () => {
    mkdirSync(join(folder, "other"));
    put("other/a.html", "page");
    const refused = await trunk8(["add", "other", "--kind", "html"]);
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringContaining(linkText.site.noIndex),
    ]);
    expect((await trunk8(["add", "other"])).stderr).toContain(text.links.add.isFolder("other"));
    expect(stored()).toEqual([]);
  });
});
