/** Every field of an archive at its extremes; afterwards every page of everybody still opens. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { User } from "../../src/accounts/user.ts";
import { href } from "../../src/http/urls.ts";
import { runRestores } from "../../src/user-backup/restores/restore-queue.ts";
import { sendBackup } from "../user-backup/send-archive.ts";
import { as, openTestApp, START, type World } from "../world.ts";
import * as hostile from "./archives.ts";

setDefaultTimeout(120_000);

let world: World;
let cookies: readonly (string | null)[];
beforeAll(async () => {
  world = await openTestApp();
  const { admin, alice, bob } = world.people;
  cookies = [null, ...(await Promise.all([admin, alice, bob].map((user) => world.signIn(user))))];
});
afterAll(() => world.close());

const bob = () => world.people.bob;

/** Restores an archive of bob's, in the background if it is large; returns the status when it has ended. */
async function restore(zip: Uint8Array<ArrayBuffer>): Promise<number> {
  const cookie = await world.signIn(bob());
  const { status } = await sendBackup(world, cookie, zip, {});
  await runRestores(world.app);
  return status;
}

/** The pages that show links, visits or accounts: of the link that is in every archive, and of all. */
function pages(): string[] {
  const shortCode = "hostile";
  const periods = ["", "?period=all", "?period=90d"];
  return [
    href("home"),
    href("links"),
    `${href("links")}?sort=visits`,
    `${href("links")}?sort=created`,
    `${href("links")}?status=expired`,
    href("profile"),
    href("backup"),
    href("restore"),
    href("users"),
    href("user", { username: bob().username }),
    href("audit"),
    `/${shortCode}`,
    href("editLink", { shortCode }),
    href("deleteLink", { shortCode }),
    href("view", { shortCode }),
    ...periods.map((period) => href("linkPage", { shortCode }) + period),
  ];
}

async function expectPagesToOpen(): Promise<void> {
  for (const cookie of cookies) {
    for (const path of pages()) {
      const headers = cookie === null ? {} : { cookie };
      const { status } = await world.request(path, { headers });
      expect([path, status < 500]).toEqual([path, true]);
    }
  }
}

const extremes = [-Number.MAX_SAFE_INTEGER, -8.64e15, -1, 0, 8.64e15, Number.MAX_SAFE_INTEGER];

const numbers = ["created_at", "updated_at", "expires_at", "last_visit_at", "visits"] as const;

/** Fields of a link that were restored as they came, by hand: within their ranges. */
async function restored(owner: User) {
  return await world.app.links.get(as(owner), "hostile");
}

describe("numbers at their extremes", () => {
  test.each(numbers.flatMap((field) => extremes.map((value) => [field, value] as const)))(
    "%s of %d: the archive is refused, or its link is in range",
    async (field, value) => {
      const status = await restore(
        hostile.archiveOf([{ visits: 1, last_visit_at: START, [field]: value }]),
      );
      expect([303, 422]).toContain(status);
      if (status === 303) {
        const link = await restored(bob());
        for (const at of [link.createdAt, link.updatedAt]) {
          expect(at).toBeGreaterThanOrEqual(Date.UTC(1990, 0, 1));
          expect(at).toBeLessThanOrEqual(START + 86_400_000);
        }
      }
    },
  );

  test("leave every page of everybody", expectPagesToOpen);

  test.each([
    ["the first hour", 0],
    ["an hour of the year 13378", 1e8],
    ["the greatest hour", Number.MAX_SAFE_INTEGER],
  ])("%s of a visit is left out", async (_, hour) => {
    expect(await restore(hostile.manyHours(1, hour))).toBe(303);
    await expectPagesToOpen();
  });

  test("many hours of a link are added in the background", async () => {
    expect(await restore(hostile.manyHours(50_000))).toBe(303);
    expect((await restored(bob())).kind).toBe("redirect");
    await expectPagesToOpen();
  });

  test.each([-1, 0, 1e9 + 1, Number.MAX_SAFE_INTEGER])(
    "%d visits an hour are refused",
    async (visits) => {
      expect(await restore(hostile.hourOf([480_000, 0, visits]))).toBe(422);
    },
  );

  test.each([["0001-01-02"], ["9999-12-31T23:59:59"], ['"0001-01-01T00:00:00"'], ["2026-02-30"]])(
    "an old archive's upload_date %s is read or left",
    async (date) => {
      expect([303, 422]).toContain(await restore(hostile.oldLinkOf(date)));
      await expectPagesToOpen();
    },
  );
});

const blanks = " ".repeat(100_000);
const texts = ["short_code", "kind", "target", "title", "note"] as const;

describe("texts of 100,000 blanks", () => {
  test.each(texts)("as %s are refused, skipped or trimmed", async (field) => {
    expect([303, 422]).toContain(await restore(hostile.archiveOf([{ [field]: blanks }])));
  });

  test.each(["username", "theme", "markdown_theme", "time_zone"])(
    "as %s are refused",
    async (field) => {
      const account = { username: "x", theme: null, markdown_theme: null, time_zone: null };
      const zip = hostile.archiveOf([{}], { account: { ...account, [field]: blanks } });
      expect(await restore(zip)).toBe(422);
    },
  );

  test("as a file name or a version are refused", async () => {
    expect(await restore(hostile.longFileName(100_000))).toBe(422);
    expect(await restore(hostile.archiveOf([{}], { trunk8_version: blanks }))).toBe(422);
  });

  test("leave every page of everybody", expectPagesToOpen);
});

const lists = ["entries", "visitors", "links"] as const;

describe("lists of a million elements", () => {
  test.each(lists)("are refused at the first that is wrong: %s", async (list) => {
    expect(await restore(hostile.longList(list, 1_000_000))).toBe(422);
  });

  test("leave every page of everybody", expectPagesToOpen);
});
