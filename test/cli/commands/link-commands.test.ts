/** `trunk8 show`, `edit` and `history`, and what `add` has beside: aliases, and links that there are already. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/cli/commands/links/text.en.ts";
import { text as linkText } from "../../../src/links/text.en.ts";
import { callProgram } from "../program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (...words: string[]) => callProgram(folder, words);

async function shown(code: string) {
  return JSON.parse((await trunk8("show", code, "--json")).stdout);
}

const FIRST = "https://example.com/first";

test("shows all facts of a link, also under an alias", async () => {
  const options = ["--alias", "also,too", "--title", "A title", "--redirect-status", "301"];
  expect((await trunk8("add", FIRST, "--code", "main", ...options)).exitCode).toBe(0);
  expect(await shown("too")).toMatchObject({
    short_code: "main",
    url: expect.stringMatching(/\/main$/),
    aliases: ["also", "too"],
    target: FIRST,
    redirectStatus: 301,
    status: "live",
  });
  const plain = (await trunk8("show", "main")).stdout;
  expect(plain).toMatch(/^title +A title$/m);
  expect(plain).toMatch(/^aliases +also, too$/m);
  expect(plain).not.toContain("expiresAt");
  expect(await trunk8("show", "missing")).toMatchObject({ exitCode: 1 });
}, 60_000);

test("changes what options name, and clears by none", async () => {
  const changed = await trunk8(
    ...["edit", "main", "--url", "https://example.com/second", "--expires", "7d"],
    ...["--alias", "also", "--visit-limit", "5", "--tag", "a, b", "--title", "", "--disable"],
  );
  expect(changed).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("main") });
  expect(await shown("main")).toMatchObject({
    target: "https://example.com/second",
    redirectStatus: 301,
    aliases: ["also"],
    visitLimit: 5,
    tags: ["a", "b"],
    title: "",
    disabled: true,
  });
  const cleared = ["--expires", "none", "--visit-limit", "none", "--tag", "none", "--enable"];
  await trunk8("edit", "main", ...cleared, "--alias", "none", "--code", "renamed", "--free-code");
  expect(await shown("renamed")).toMatchObject({
    expiresAt: null,
    visitLimit: null,
    tags: [],
    aliases: [],
    disabled: false,
  });
  const refused = await trunk8("edit", "renamed", "--redirect-status", "200");
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain(linkText.input.unknownRedirectStatus);
  expect((await trunk8("edit", "renamed")).stderr).toContain(text.edit.nothing);
  const both = await trunk8("edit", "renamed", "--enable", "--disable");
  expect(both.stderr).toContain(text.edit.both("enable", "disable"));
}, 60_000);

test("lists what a link was, prints a version and restores one", async () => {
  const versions = JSON.parse((await trunk8("history", "renamed", "--json")).stdout);
  expect(versions).toMatchObject([
    { version: 2, current: true, by: "command line", target: "https://example.com/second" },
    { version: 1, current: false, by: null, target: FIRST },
  ]);
  expect((await trunk8("history", "renamed")).stdout).toContain(FIRST);
  expect((await trunk8("history", "renamed", "--view", "1")).stdout.trim()).toBe(FIRST);
  const restored = await trunk8("history", "renamed", "--restore", "1");
  expect(restored.stderr).toContain(text.history.restored("renamed", 1));
  expect((await shown("renamed")).target).toBe(FIRST);
  expect((await trunk8("history", "renamed", "--restore", "9")).stderr).toContain(
    linkText.history.noSuchVersion(9),
  );
  expect(await trunk8("history", "renamed", "--restore", "x")).toMatchObject({ exitCode: 2 });
}, 60_000);

test("prints the text of a version as it is", async () => {
  const path = join(folder, "page.md");
  writeFileSync(path, "# Hello\n");
  await trunk8("add", path, "--kind", "markdown", "--code", "page");
  expect((await trunk8("history", "page", "--view", "1")).stdout).toBe("# Hello\n");
}, 60_000);

test("finds a link that there is instead of creating another one", async () => {
  const url = "https://example.com/unique";
  const first = (await trunk8("add", url, "--find-if-exists")).stdout;
  expect((await trunk8("add", url, "--find-if-exists")).stdout).toBe(first);
  const titled = ["--find-if-exists", "--title", "Titled"];
  const second = (await trunk8("add", url, ...titled)).stdout;
  expect(second).not.toBe(first);
  expect((await trunk8("add", url, ...titled)).stdout).toBe(second);
  expect((await trunk8("add", url)).stdout).not.toBe(second);
}, 60_000);

test("adds and edits a link with every option", async () => {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, "open sesame please\n");
  const added = await trunk8(
    ...["add", "https://example.com/every", "--code", "every", "--alias", "every-2 every-3"],
    ...["--title", "T", "--note", "N", "--tag", "y, X", "--expires", "2900-01-02T00:00:00Z"],
    ...["--starts", "2020-01-02T00:00:00Z", "--fallback", "https://example.org/gone"],
    ...["--visit-limit", "3", "--password-file", passwordFile, "--redirect-status", "308"],
    "--forward-query",
  );
  expect(added).toMatchObject({ exitCode: 0 });
  expect(await shown("every-3")).toMatchObject({
    short_code: "every",
    aliases: ["every-2", "every-3"],
    title: "T",
    note: "N",
    tags: ["X", "y"],
    expiresAt: "2900-01-02T00:00:00.000Z",
    startsAt: "2020-01-02T00:00:00.000Z",
    fallbackUrl: "https://example.org/gone",
    visitLimit: 3,
    visitsLeft: 3,
    hasPassword: true,
    redirectStatus: 308,
    forwardQuery: true,
  });
  const edited = await trunk8(
    ...["edit", "every", "--url", "https://example.com/other", "--code", "every-4", "--free-code"],
    ...["--alias", "every-5", "--title", "U", "--note", "M", "--tag", "c", "--expires", "none"],
    ...["--starts", "none", "--fallback", "none", "--visit-limit", "5", "--no-password"],
    ...["--redirect-status", "301", "--no-forward-query", "--disable"],
  );
  expect(edited).toMatchObject({ exitCode: 0 });
  expect(await shown("every-5")).toMatchObject({
    short_code: "every-4",
    target: "https://example.com/other",
    aliases: ["every-5"],
    title: "U",
    note: "M",
    tags: ["c"],
    expiresAt: null,
    startsAt: null,
    fallbackUrl: "",
    visitLimit: 5,
    visitsLeft: 5,
    hasPassword: false,
    redirectStatus: 301,
    forwardQuery: false,
    disabled: true,
  });
}, 60_000);
