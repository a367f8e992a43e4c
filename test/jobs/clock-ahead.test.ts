/** What the real program does after a start with a clock that was two hours ahead: a Raspberry Pi before NTP, say. */
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobs } from "../../src/jobs/jobs.ts";
import { callProgram } from "../cli/program.ts";
import { leaveOut } from "../left-out.ts";
import { startSite } from "../server/site.ts";
import { until } from "../until.ts";

const LIBRARIES = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map(
  (machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`,
);
const faketime = LIBRARIES.find((path) => existsSync(path));
if (faketime === undefined)
  leaveOut("a start with a clock two hours ahead", "faketime is not installed");

const HOUR = 3_600_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-clock-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shortJobs = jobs.filter(({ scope, everyMs }) => scope === "site" && everyMs <= HOUR);

/** When each of the short jobs last ran; absent: never. */
function lastRuns(dataFolder: string): Map<string, number> {
  using db = new Database(join(dataFolder, "trunk8.db"), { readonly: true });
  const rows = db.query("select name, ran_at from lease where ran_at is not null").all() as {
    name: string;
    ran_at: number;
  }[];
  const ids: readonly string[] = shortJobs.map(({ id }) => id);
  return new Map(
    rows.filter(({ name }) => ids.includes(name)).map((row) => [row.name, row.ran_at]),
  );
}

test.skipIf(faketime === undefined)(
  "runs its jobs again at once when the clock is right",
  async () => {
    const dataFolder = join(folder, "data");
    const ranAll = () => lastRuns(dataFolder).size === shortJobs.length;
    const ahead = await startSite({
      dataFolder,
      workers: "",
      env: { LD_PRELOAD: String(faketime), FAKETIME: "+2h" },
    });
    await until(ranAll, { what: "all jobs to run" });
    await ahead.stop();
    for (const at of lastRuns(dataFolder).values()) expect(at).toBeGreaterThan(Date.now() + HOUR);
    const doctor = await callProgram(folder, ["doctor"]);
    expect(doctor.stdout).toMatch(/^wrong {2}jobs: .*rank-links/m);

    const right = await startSite({ dataFolder, workers: "" });
    await until(() => [...lastRuns(dataFolder).values()].every((at) => at <= Date.now()), {
      what: "all jobs to run again",
    });
    // A daily job, should it have run, too, runs again only when it is asked for next.
    const late = new RegExp(`^wrong {2}jobs: .*(${shortJobs.map(({ id }) => id).join("|")})`, "m");
    const isContent = async () => !late.test((await callProgram(folder, ["doctor"])).stdout);
    await until(isContent, { what: "doctor to find these jobs on time", seconds: 30 });
    expect(await right.stop()).toBe(0);
  },
  60_000,
);
