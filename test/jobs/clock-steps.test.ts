/** What the real program does while the clock of its machine is set, far ahead and back. */
import { Database } from "bun:sqlite";
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaveOut } from "../left-out.ts";
import { addLink, signIn, startSite } from "../server/site.ts";
import { until } from "../until.ts";

const faketime = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
  .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));
if (faketime === undefined) leaveOut("a clock that is set", "faketime is not installed");

const folder = mkdtempSync(join(tmpdir(), "trunk8-steps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clockFile = join(folder, "clock");

/** Sets the clock of the site, so far from the real one; the program reads the file at each look at the clock. */
function setClock(difference: string): void {
  writeFileSync(`${clockFile}.new`, `${difference}\n`);
  renameSync(`${clockFile}.new`, clockFile);
}

function readVisits(dataFolder: string): number {
  using db = new Database(join(dataFolder, "trunk8.db"), { readonly: true });
  const row = db.query("select coalesce(sum(visits), 0) as visits from link_total").get();
  return (row as { visits: number }).visits;
}

/** How far the clock of the site was from the real one at its latest sign-in, in days. */
function differenceDays(dataFolder: string): number {
  using db = new Database(join(dataFolder, "trunk8.db"), { readonly: true });
  const row = db.query("select created_at from session order by rowid desc limit 1").get();
  return Math.abs(
    Math.round(((row as { created_at: number }).created_at - Date.now()) / 86_400_000),
  );
}

test.skipIf(faketime === undefined)(
  "saves visits, keeps sessions and takes sign-ins after every step of the clock",
  async () => {
    const dataFolder = join(folder, "data");
    setClock("+0");
    const site = await startSite({
      dataFolder,
      workers: "",
      env: {
        LD_PRELOAD: String(faketime),
        FAKETIME_TIMESTAMP_FILE: clockFile,
        FAKETIME_NO_CACHE: "1",
        // The kernel's monotonic clock is never set.
        FAKETIME_DONT_FAKE_MONOTONIC: "1",
        DONT_FAKE_MONOTONIC: "1",
      },
    });
    const cookie = await signIn(site.origin);
    await addLink(site.origin, cookie, "there", "https://example.com/");
    let opened = 0;
    for (const step of ["+10m", "-10m", "+0", "+2y", "+0"]) {
      setClock(step);
      const headers = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0" };
      const answer = await fetch(`${site.origin}/there`, { headers, redirect: "manual" });
      expect(answer.status).toBe(302);
      opened++;
      await until(() => readVisits(dataFolder) === opened, { what: `visit ${step} to be saved` });
      const now = await signIn(site.origin);
      expect((await fetch(`${site.origin}/links`, { headers: { cookie: now } })).status).toBe(200);
      const isFar = step === "+2y";
      expect(differenceDays(dataFolder)).toBe(isFar ? 730 : 0);
      if (isFar) await addLink(site.origin, now, "later", "https://example.com/");
    }
    expect((await fetch(`${site.origin}/later`, { redirect: "manual" })).status).toBe(302);
    expect(site.log.filter((line) => line["log.level"] === "error")).toEqual([]);
    expect(await site.stop()).toBe(0);
  },
  90_000,
);
