/** Accounts and jobs at the command line. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/cli/commands/text.en.ts";
import { callProgram } from "../program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-cliusers-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (line: string, input = "") => callProgram(folder, line.split(" "), { input });

test("accounts are made, listed, disabled, enabled and removed", async () => {
  expect(await trunk8("user add Alice", "a quiet Tuesday\n")).toEqual({
    exitCode: 0,
    stdout: "The account Alice is made.\n",
    stderr: "",
  });
  const made = await trunk8("user add bob --one-time --admin --display-name Bobby --json");
  const bob = { username: "bob", role: "administrator" };
  expect(JSON.parse(made.stdout)).toEqual({ ...bob, password: expect.any(String) });

  await trunk8("user disable ALICE");
  const listed = await trunk8("user list --json --search b");
  expect(JSON.parse(listed.stdout)).toMatchObject([
    { ...bob, displayName: "Bobby", mustChangePassword: true, links: 0, lastSeenAt: null },
  ]);
  expect((await trunk8("user list")).stdout).toMatch(
    /^Alice +disabled +links 0 +0 bytes {2}Alice$/m,
  );
  await trunk8("user enable alice");
  expect((await trunk8("user list")).stdout).toMatch(/^Alice +user /m);
  expect((await trunk8("user passwd alice --one-time")).stdout).toMatch(
    /first sign-in: [a-z2-9]{20}\n$/,
  );

  await trunk8("add https://example.org/ --code hers --user alice");
  expect(await trunk8("user remove alice --links transfer --to bob --yes --json")).toEqual({
    exitCode: 0,
    stdout: '{"username":"alice","links":"transfer","count":1}\n',
    stderr: "Alice: links 1, visits in 30 days 0, files 0 (0 bytes).\n",
  });
  expect((await trunk8("ls --user bob --json")).stdout).toContain('"shortCode":"hers"');
});

const refusals: [line: string, exitCode: number, says: string][] = [
  ["user add ab --one-time", 1, "A user name is made of 3 to 50 letters"],
  ["user add ADMIN --one-time", 1, "This user name is taken."],
  ["user add adm1n --one-time", 1, "This user name looks like that of admin."],
  ["user add Root --one-time", 1, "This user name is kept for the site itself."],
  ["user add carol", 1, "A password has at least 8 characters."],
  ["user add", 2, "Usage: trunk8 user add NAME"],
  ["user disable admin", 1, "The account admin stays an administrator, and enabled."],
  ["user disable nobody-here", 1, "There is no such account."],
  ["user remove admin --links keep --yes", 1, "The account admin is the site's own and stays."],
  ["user remove nobody-here --links keep --yes", 1, "There is no such account."],
  ["user remove dora", 2, "Say what becomes of the links"],
  ["user remove dora --links burn --yes", 1, "Say what becomes of the links"],
  ["user remove dora --links transfer --yes", 1, "Say who gets the links."],
  ["user remove dora --links transfer --to nobody-here --yes", 1, "There is no such account."],
  ["user remove dora --links keep", 2, "Nothing was deleted."],
  ["jobs run", 2, "Usage: trunk8 jobs run NAME"],
  ["jobs run nothing at all", 2, text.jobs.unknown("nothing at all")],
];
test("what cannot be is refused with the reason", async () => {
  await trunk8("user add dora --one-time");
  for (const [line, exitCode, says] of refusals) {
    const result = await trunk8(line);
    expect([line, result.exitCode, result.stdout]).toEqual([line, exitCode, ""]);
    expect(result.stderr).toContain(says);
  }
  expect((await trunk8("user list")).stdout).toContain("dora");
}, 60_000);

test.each(["delete-old-audit-events", "remove old audit events"])(
  "runs a periodic job by its id or former name: %p",
  async (name) => {
    const jobs = JSON.parse((await trunk8("jobs --json")).stdout);
    expect(jobs).toContainEqual({ name: "delete-old-audit-events", everySeconds: 60 });
    expect((await trunk8("jobs")).stdout).toMatch(/^delete-old-audit-events /m);
    const result = await trunk8(`jobs run ${name}`);
    expect(result).toMatchObject({ exitCode: 0, stderr: "" });
    expect(result.stdout).toContain("delete-old-audit-events");
  },
);
