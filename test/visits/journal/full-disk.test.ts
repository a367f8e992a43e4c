/** Recording visits where the disk has no room for them. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Visits } from "../../../src/visits/visits.ts";
import { leaveOut } from "../../left-out.ts";
import { until } from "../../until.ts";
import { type CountingSite, countVisits, openCountingSite } from "../counting-site.ts";
import { openVisits, visitOf } from "../opening.ts";

const canMount = process.platform === "linux" && process.getuid?.() === 0;
if (!canMount) leaveOut("visits on a full disk", "only root may mount a small one");

describe.skipIf(!canMount)("on a disk of 3 MB", () => {
  let disk: string;
  let site: CountingSite;
  let visits: Visits;

  beforeEach(async () => {
    disk = mkdtempSync(join(tmpdir(), "trunk8-disk-"));
    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk]);
    site = await openCountingSite("sqlite"); // which is on another disk
    visits = openVisits({ database: site.database, folder: join(disk, "visits") });
  });

  afterEach(async () => {
    await visits.close();
    await site.close();
    Bun.spawnSync(["umount", "-l", disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  const record = (count: number) => {
    for (let done = 0; done < count; done++) visits.record(visitOf(site.linkIds[0] ?? 0));
  };

  test("visits are counted as lost while the disk is full, and recorded again afterwards", async () => {
    const filler = join(disk, "filler");
    Bun.spawnSync(["dd", "if=/dev/zero", `of=${filler}`, "bs=4096"], { stderr: "ignore" });
    record(5000);
    expect([visits.detailsDropped, visits.lost]).toEqual([0, 5000]);
    rmSync(filler);
    await until(() => visits.journalDepth > 0, { what: "a journal once the disk has space" });
    record(10);
    await visits.flush();
    expect(await countVisits(site)).toMatchObject({ totals: 10, single: 10 });
    expect(visits.lost).toBe(5000);
  });

  test("every visit that is not lost is counted", async () => {
    record(200_000);
    expect(visits.lost).toBeGreaterThan(0);
    const kept = 200_000 - visits.lost;
    expect(kept).toBeGreaterThan(80_000);
    await visits.flush();
    expect(await countVisits(site)).toMatchObject({ totals: kept, quarters: kept });
  });
});
