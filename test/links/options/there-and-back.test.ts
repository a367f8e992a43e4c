/** Links with every option set, in each form in which links leave a site and come back. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Archive } from "../../../src/archive/archive.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { linkKinds } from "../../../src/links/link.ts";
import { fileLinkFrom } from "../../../src/links-file/export-link.ts";
import {
  type FileLink,
  readLinksFile,
  writeLinksFile,
} from "../../../src/links-file/links-file.ts";
import { applyPlan, planLinks } from "../../../src/links-file/links-plan.ts";
import { operator } from "../../../src/policy.ts";
import { backUpSite } from "../../../src/site-backup/back-up-site.ts";
import { restoreSite } from "../../../src/site-backup/restore-site.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { backUpUser } from "../../../src/user-backup/back-up-user.ts";
import { planRestore } from "../../../src/user-backup/restore-plan.ts";
import { restoreUser } from "../../../src/user-backup/restore-user.ts";
import { type FreshDatabase, openPostgres } from "../../postgres.ts";
import { newLink, receive } from "../../share.ts";
import { everyRow } from "../../site-backup/everything.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

const PASSWORD = "open sesame please";
const DAY_MS = 86_400_000;

const asked = { declares: false, removes: "none" } as const;

/** One of each kind; each has been opened once of three times, and all but the redirect are disabled now. */
async function make(world: World): Promise<string[]> {
  const { alice } = world.people;
  const codes: string[] = [];
  for (const kind of ["redirect", "file", "markdown", "html"] as const) {
    const { hasContent, textExtension } = linkKinds[kind];
    await using file = hasContent
      ? await receive(world, alice, `an "ä".${textExtension}`, "the text")
      : null;
    const input = newLink(
      {
        kind,
        target: hasContent ? null : "https://example.com/p?a=1#f",
        shortCode: `full-${kind}`,
        title: 'A "title"',
        note: "two\nlines",
        tags: ["B b", "ä"],
        redirectStatus: 308,
        startsAt: START - DAY_MS,
        expiresAt: START + DAY_MS,
        fallbackUrl: "https://example.org/gone?b=2",
        forwardQuery: hasContent ? null : false,
        embedHosts: hasContent ? "https://blog.example https://*.example.org" : null,
        aliases: [`${kind}-2`, `${kind}-3`],
        visitLimit: 3,
        password: PASSWORD,
        inline: hasContent,
      },
      { hasContent },
    );
    const { shortCode } = await world.app.links.create(
      as(alice),
      { ownerId: alice.id },
      input,
      file,
    );
    const headers = { "x-link-password": PASSWORD };
    expect((await world.request(`/${kind}-2`, { headers })).status).toBeLessThan(400);
    if (hasContent) await world.app.links.edit(as(alice), shortCode, { disabled: true });
    codes.push(shortCode);
  }
  await world.app.visits.flush();
  return codes;
}

/** All that is stored of links, without what is another site's. */
async function stored({ app }: World, codes: readonly string[]) {
  const links = await Promise.all(codes.map((code) => app.links.get(operator, code)));
  return links.map(({ id: _, ownerId: __, content, ...link }) => ({
    ...link,
    content: content && { ...content, blobId: 0, path: "" },
  }));
}

for (const kind of databases) {
  describe(`links with every option on ${kind}`, () => {
    const settings = { "files.allowed_extensions": ["*"] };
    const elsewhere: World[] = [];
    let world: World;
    let codes: string[];
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings });
      codes = await make(world);
    });
    afterAll(async () => {
      for (const each of [world, ...elsewhere]) await each.close();
    });
    const openOther = async () => {
      const other = await openTestApp({ database: kind, settings });
      elsewhere.push(other);
      return other;
    };

    test("have what was set", async () => {
      for (const link of await stored(world, codes)) {
        expect(link).toMatchObject({ visitLimit: 3, visitsLeft: 2, visits: 1, tags: ["ä", "B b"] });
        expect(link.passwordHash).toStartWith("$argon2id$");
        expect(link.aliases).toHaveLength(2);
        expect(link.startsAt).toBe(START - DAY_MS);
      }
    });

    test("come back from a user's archive on another site, field for field", async () => {
      const other = await openOther();
      const { alice } = world.people;
      const { name, bytes } = await backUpUser(world.app, as(alice), alice);
      const path = join(other.dataFolder, name);
      writeFileSync(path, Buffer.concat(await Array.fromAsync(bytes)));
      const owner = other.people.alice;
      using plan = await planRestore(other.app, as(owner), { owner, path, mode: "merge" });
      expect(plan.skipped).toEqual([]);
      await restoreUser(other.app, as(owner), plan);
      const before = await stored(world, codes);
      const after = await stored(other, codes);
      expect(after.map(withoutRevision)).toEqual(before.map(withoutRevision));
      for (const code of codes) {
        const refused = await other.request(`/${code}`, {
          headers: { "x-link-password": "wrong" },
        });
        expect(refused.headers.get("location")).not.toBe("https://example.com/p?a=1#f");
      }
      const headers = { "x-link-password": PASSWORD };
      const opened = await other.request("/redirect-3", { headers });
      expect(opened.headers.get("location")).toBe("https://example.com/p?a=1#f");
      expect((await other.app.links.get(operator, "full-redirect")).visitsLeft).toBe(1);
    }, 60_000);

    test("are described by a links.toml: here it changes nothing, elsewhere it makes the same", async () => {
      const before = await stored(world, codes);
      const described = await Promise.all(
        codes.map(async (code) => fileLinkFrom(await world.app.links.get(operator, code), "alice")),
      );
      const complete = described.filter((link) => link !== null);
      expect(complete).toHaveLength(codes.length);
      const here = readLinksFile(writeLinksFile(complete), { strict: true });
      expect(await planLinks(world.app, world.people.alice, here, asked)).toMatchObject({
        errors: [],
        added: [],
        changed: [],
        unchanged: codes.length,
      });
      const other = await openOther();
      const given = complete.map(
        ({ path, ...link }): FileLink => ({
          ...link,
          password: PASSWORD,
          ...(path !== undefined && {
            content: "the text",
            original_filename: nameIn(before, link),
          }),
        }),
      );
      const file = readLinksFile(writeLinksFile(given), { strict: true });
      const plan = await planLinks(other.app, other.people.alice, file, asked);
      expect(plan.errors).toEqual([]);
      await applyPlan(other.app, plan);
      const after = await stored(other, codes);
      expect(after.map(declaredPart)).toEqual(before.map(declaredPart));
      for (const { passwordHash, visitsLeft } of after) {
        expect(visitsLeft).toBe(3);
        expect(await other.app.accounts.passwords.verify(PASSWORD, passwordHash)).toBe(true);
      }
    }, 60_000);

    test("come back from a backup of the site, row for row", async () => {
      const target: FreshDatabase | null =
        kind === "postgres" ? await (await openPostgres()).freshDatabase() : null;
      const folder = mkdtempSync(join(tmpdir(), "trunk8-options-"));
      const databaseUrl = target?.url ?? "";
      const log = silentLog();
      const before = withoutLimits(await everyRow(world.app.database));
      const { path } = await backUpSite(world.app);
      using archive = await Archive.open(path);
      const runFolder = join(folder, "run");
      const order = { archive, dataFolder: folder, runFolder, databaseUrl, replaces: false };
      await restoreSite({ ...order, stamp: "20260317_120000", log });
      const again = await openDatabase({ url: databaseUrl, poolSize: 2, dataFolder: folder, log });
      expect(withoutLimits(await everyRow(again))).toEqual(before);
      await again.close();
      await target?.drop();
      rmSync(folder, { recursive: true, force: true });
    }, 90_000);
  });
}

/** A backup has no counts of requests, and no keys of visitors. */
function withoutLimits({
  rate_limit: _,
  visitor_key: __,
  ...tables
}: Awaited<ReturnType<typeof everyRow>>) {
  return tables;
}

type Stored = Awaited<ReturnType<typeof stored>>[number];

function nameIn(links: readonly Stored[], { shortCode }: { readonly shortCode: string }): string {
  return links.find((link) => link.shortCode === shortCode)?.content?.name ?? "";
}

function withoutRevision({ revision: _, ...link }: Stored) {
  return link;
}

/** What a file says of a link. */
function declaredPart({ content, ...link }: Stored) {
  const { createdAt, updatedAt, revision, visits, lastVisitAt, ...others } = link;
  const { visitsLeft, passwordHash, ...declared } = others;
  return { ...declared, content: content && { ...content, modifiedAt: 0 } };
}
