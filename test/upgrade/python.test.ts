/**
 * Imports the data folder of the Python Trunk8 0.7, and restores the zips that it made. Each of its 113 links is
 * compared with what the Python program itself answered, and with what commit 725086e made of it.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FreshDatabase, openPostgres } from "../postgres.ts";
import { databases } from "../world.ts";
import { type Answer, type Answers, expectedAccounts, expectedAnswers } from "./answers.ts";
import { readFixture } from "./fixture.ts";
import {
  factsOf,
  importFolder,
  lookAtImport,
  oldLink,
  openPythonSite,
  type PythonAnswer,
  pythonUsers,
  type RecordedImport,
  restoreZips,
} from "./python.ts";
import { type Difference, differences } from "./python-differences.ts";
import { makeFolder, removeFolder, type Site } from "./site.ts";

const theirs = readFixture<Record<string, PythonAnswer>>("python-trunk8/answers.json");

const sources = {
  "data folder": { recorded: "import.json", bring: importFolder },
  zips: {
    recorded: "restored-zips.json",
    bring: async (site: Site, folder: string) => (await restoreZips(site, folder)).join("\n"),
  },
} as const;

const cases = databases.flatMap((database) =>
  (["data folder", "zips"] as const).map((source) => ({ database, source })),
);

describe.each(cases)("the Python program's $source on $database", ({ database, source }) => {
  const recorded = readFixture<RecordedImport>(`python-trunk8/${sources[source].recorded}`);
  let folder: string;
  let server: FreshDatabase | null = null;
  let site: Site;
  let report: string;
  let now: Awaited<ReturnType<typeof lookAtImport>>;

  beforeAll(async () => {
    folder = makeFolder();
    server = database === "postgres" ? await (await openPostgres()).freshDatabase() : null;
    site = await openPythonSite(join(folder, "site"), server?.url);
    report = await sources[source].bring(site, folder);
    now = await lookAtImport(site);
  });
  afterAll(async () => {
    await site.close();
    await server?.drop();
    removeFolder(folder);
  });

  test("becomes the accounts and links that it did", () => {
    const accounts = expectedAccounts(recorded.accounts);
    expect(now.accounts).toEqual(source === "zips" ? accounts : withAdminsDate(accounts));
  });

  test("answers at every short code as it did", () => {
    expect(now.answers).toEqual(expectedAnswers(recorded.answers));
  });

  test("is reported as it was, in other words", () => {
    expect(factsOf(report)).toEqual(factsOf(recorded.report));
  });

  if (source === "zips") return;

  test("is owned by whom it was", () => {
    for (const [shortCode, { owner }] of Object.entries(theirs)) {
      if (differences[shortCode]?.answer === null) continue;
      const username = pythonUsers.find(({ name }) => name === owner)?.renamed ?? owner;
      const codes = now.accounts[username]?.links.map((link) => link.short_code);
      expect([username, codes]).toEqual([username, expect.arrayContaining([shortCode])]);
    }
  });

  test("accepts every password", async () => {
    for (const { name, renamed, password } of pythonUsers) {
      const username = renamed ?? name;
      expect([username, await site.signIn(username, password)]).toEqual([username, 303]);
      expect([username, await site.signIn(username, `${password}!`)]).toEqual([username, 422]);
    }
  });

  test.each(Object.entries(theirs))("answers at /%s as the Python program did", (code, their) => {
    expect(wordsOf(now.answers[code])).toEqual(expectedOf(their, differences[code]));
  });

  test("answers otherwise wherever that is said to be deliberate", () => {
    for (const [code, their] of Object.entries(theirs)) {
      if (differences[code] === undefined) continue;
      expect([code, wordsOf(now.answers[code])]).not.toEqual([code, expectedOf(their, undefined)]);
    }
  });

  test("hands out every file byte for byte", () => {
    for (const [shortCode, { owner }] of Object.entries(theirs)) {
      const path = oldLink(folder, owner, shortCode)?.path;
      const answer = now.answers[shortCode];
      if (path === undefined || answer?.status !== 200) continue;
      // Stored in UTF-16, sent in UTF-8.
      if (shortCode === "m-utf16") continue;
      const bytes = readFileSync(join(folder, "data/users", owner, "assets", path));
      const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
      expect([shortCode, answer.sha256]).toEqual([shortCode, sha256]);
    }
  });
});

/** The administrator's account takes on the date of its users.toml. */
function withAdminsDate(accounts: RecordedImport["accounts"]): RecordedImport["accounts"] {
  const { admin } = accounts;
  if (admin === undefined) throw new Error("There is no admin.");
  const user = { ...admin.user, created_at: Date.UTC(2026, 10, 30, 8, 25, 35, 223) };
  return { ...accounts, admin: { ...admin, user } };
}

type Compared = Pick<Answer, "status" | "location" | "type" | "disposition">;

function expectedOf(their: PythonAnswer, difference: Difference | undefined): Compared | null {
  if (difference?.answer === null) return null;
  const isPage = their.kind === "html" || their.kind === "markdown";
  return {
    status: their.status,
    location: their.location === null ? null : whereTo(their.location),
    type: their.kind === "redirect" ? null : their.content_type,
    // Pages were and are shown; that they have names now is no difference to a browser.
    disposition: isPage ? null : their.content_disposition,
    ...difference?.answer,
  };
}

function wordsOf(answer: Answers[string] | undefined): Compared | null {
  if (answer === undefined) return null;
  const { status, location, type, disposition } = answer;
  const isShown = disposition?.startsWith("inline") === true && type?.startsWith("text/html");
  return {
    status,
    location: location === null ? null : whereTo(location),
    type,
    disposition: isShown ? null : disposition,
  };
}

/** Where a browser goes, however the address is written. */
function whereTo(location: string): string {
  const href = URL.canParse(location) ? new URL(location).href : location;
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}
