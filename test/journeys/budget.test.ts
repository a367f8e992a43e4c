/** What a page costs to load, and whether it stands still once it is there. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { browserIsAvailable } from "../browser.ts";
import { everyPage, openRow, type PageRow, userOf } from "./every-page.ts";
import { openSite, PHONE, type Site } from "./pages.ts";
import { addSamples } from "./sample.ts";

const KB = 1024;

/** Bytes on the wire, headers among them: of the first page a browser loads, and of any later one. */
const FIRST_LOAD = 120 * KB;
const LATER_LOAD = 50 * KB;

/** Cumulative layout shift; 1 is a whole screen that moved by its height. */
const STANDS_STILL = 0.02;

describe.skipIf(!browserIsAvailable)("a page is light and stands still:", () => {
  let site: Site;

  beforeAll(async () => {
    site = await openSite();
    await addSamples(site.world, site.world.people.alice);
  }, 120_000);

  afterAll(() => site.close());

  test.each(everyPage.map((row) => [row.name, row] as const))("%s", async (_, row) => {
    const user = userOf(site.world.people, row);
    const { page, faults, close } = await site.visit({ ...(user && { user }) });
    const bytes = await countBytes(page);

    const found = [
      ...judge("first load", FIRST_LOAD, await load(page, row, bytes)),
      ...judge("jumps", STANDS_STILL, await page.evaluate<number>("inPage.sumOfJumps()")),
    ];
    await page.setViewportSize({ width: PHONE, height: 800 });
    found.push(
      ...judge("later load", LATER_LOAD, await load(page, row, bytes)),
      ...judge(
        "jumps on a phone",
        STANDS_STILL,
        await page.evaluate<number>("inPage.sumOfJumps()"),
      ),
    );

    expect([...faults, ...found]).toEqual([]);
    await close();
  });
});

function judge(what: string, limit: number, value: number): string[] {
  return value < limit ? [] : [`${what}: ${value} is not under ${limit}`];
}

/** Loads the page until it is drawn with its fonts. Gives the bytes it took; there are always some. */
async function load(page: Page, row: PageRow, bytes: ByteCount): Promise<number> {
  await openRow(page, row);
  await page.evaluate("inPage.isDrawn()");
  const sum = bytes.take();
  return sum > 0 ? sum : Number.NaN;
}

interface ByteCount {
  /** Bytes received since this was last asked. */
  take(): number;
}

async function countBytes(page: Page): Promise<ByteCount> {
  const session = await page.context().newCDPSession(page);
  let sum = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    sum += encodedDataLength;
  });
  await session.send("Network.enable");
  return {
    take: () => {
      const taken = sum;
      sum = 0;
      return taken;
    },
  };
}
