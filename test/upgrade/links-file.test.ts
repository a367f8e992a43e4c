/** Applies links.toml files as people wrote them for 725086e, and as that commit exported them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type FreshDatabase, openPostgres } from "../postgres.ts";
import { databases } from "../world.ts";
import { expectedAnswers } from "./answers.ts";
import { fixturePath, readFixture, unpack } from "./fixture.ts";
import {
  applyFile,
  exportedUsers,
  exportLinks,
  linksFiles,
  lookAtApplied,
  openSiteOf,
  type RecordedFiles,
} from "./links-file.ts";
import { makeFolder, openSite, removeFolder, type Site } from "./site.ts";

const recorded = readFixture<RecordedFiles>("links-toml/applied.json");

describe.each(databases)("a links.toml of 725086e on %s", (database) => {
  let folder: string;
  let server: FreshDatabase | null;
  beforeEach(async () => {
    folder = makeFolder();
    server = database === "postgres" ? await (await openPostgres()).freshDatabase() : null;
  });
  afterEach(async () => {
    await server?.drop();
    removeFolder(folder);
  });

  test.each([...linksFiles])("$file makes the links that it did", async (linksFile) => {
    const { file, username } = linksFile;
    const site = await openSiteOf(folder, username, server?.url);
    try {
      await applyFile(site, linksFile);
      const { account, answers } = await lookAtApplied(site, username);
      expect(account).toEqual(recorded[file]?.account as typeof account);
      expect(answers).toEqual(expectedAnswers(recorded[file]?.answers ?? {}));
      expect(await applyFile(site, linksFile)).toMatchObject({
        added: [],
        changed: [],
        removed: [],
      });
    } finally {
      await site.close();
    }
  });
});

describe("the links of an upgraded site", () => {
  let folder: string;
  let site: Site;
  beforeAll(async () => {
    folder = makeFolder();
    unpack("sqlite-site.tar.gz", folder);
    site = await openSite({ dataFolder: folder });
  });
  afterAll(async () => {
    await site.close();
    removeFolder(folder);
  });

  test.each([...exportedUsers])("of %s are exported as they were", async (username) => {
    const file = readFileSync(fixturePath(`links-toml/exported-${username}.toml`), "utf8");
    // Links without their file are left out now: a links.toml with them cannot be applied.
    const text = file.replaceAll(/\[links\.[\w-]+\]\ntype = "(?:file|markdown|html)"\n\n/g, "");
    const exported = await exportLinks(site, username);
    // Files of then were in frames of all websites, which a file says now.
    expect(exported.replaceAll('embed_hosts = "*"\n', "")).toBe(text);
  });
});
