/** Accounts and jobs at the command line. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as accounts } from "../../../src/accounts/text.en.ts";
import { text } from "../../../src/cli/commands/text.en.ts";
import { callProgram } from "../program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-cliusers-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (line: string, input = "") => callProgram(folder, line.split(" "), { input });

test("creates, lists, disables, enables and deletes accounts", async () => {
  expect(await trunk8("user add Alice", "a quiet Tuesday\n")).toEqual({
    exitCode: 0,
    stdout: `${text.users.created("Alice")}\n`,
    stderr: "",
  });
  const created = await trunk8("user add bob --one-time --admin --display-name Bobby --json");
  const bob = { username: "bob", role: "administrator" };
  expect(JSON.parse(created.stdout)).toEqual({ ...bob, password: expect.any(String) });

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
  expect((await trunk8("user passwd alice --one-time")).stdout).toMatch(/ [a-z2-9]{20}\n$/);

  await trunk8("add https://example.org/ --code hers --user alice");
  expect(await trunk8("user remove alice --links transfer --to bob --yes --json")).toEqual({
    exitCode: 0,
    stdout: '{"username":"alice","links":"transfer","count":1}\n',
    stderr: `Alice: ${text.removeUser.has({ links: 1, visits: 0, files: 0, size: "0 bytes" })}\n`,
  });
  expect((await trunk8("ls --user bob --json")).stdout).toContain('"shortCode":"hers"');
});

const refusals: [line: string, exitCode: number, says: string][] = [
  ["user add ab --one-time", 1, accounts.username.invalid],
  ["user add ADMIN --one-time", 1, accounts.username.taken],
  ["user add adm1n --one-time", 1, accounts.username.similar("admin")],
  ["user add Root --one-time", 1, accounts.username.reserved],
  ["user add carol", 1, accounts.password.tooShort],
  ["user add", 2, "Usage: trunk8 user add NAME"],
  ["user disable admin", 1, accounts.administration.adminIsFixed],
  ["user disable nobody-here", 1, accounts.access.noSuchAccount],
  ["user remove admin --links keep --yes", 1, accounts.removal.adminStays],
  ["user remove nobody-here --links keep --yes", 1, accounts.access.noSuchAccount],
  ["user remove dora", 2, text.removeUser.planMissing],
  ["user remove dora --links burn --yes", 1, accounts.removal.choosePlan],
  ["user remove dora --links transfer --yes", 1, accounts.removal.chooseNewOwner],
  ["user remove dora --links transfer --to nobody-here --yes", 1, accounts.access.noSuchAccount],
  ["user remove dora --links keep", 2, text.removeUser.notConfirmed],
  ["jobs run", 2, "Usage: trunk8 jobs run NAME"],
  ["jobs run nothing at all", 2, text.jobs.unknown("nothing at all")],
];
test("reports why a command is refused", async () => {
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
