/** Processes killed while they count: no visit is lost or counted twice, and no file is left. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import { leaveOut } from "../../left-out.ts";
import { until } from "../../until.ts";
import { type DatabaseKind, databases } from "../../world.ts";
import { type CountingSite, countVisits, openCountingSite } from "../counting-site.ts";

// Each starts several real processes.
setDefaultTimeout(120_000);

const COUNTER = join(import.meta.dir, "../counter.ts");
const hasStrace = Bun.which("strace") !== null;
if (!hasStrace) leaveOut("deaths at chosen moments", "strace is not installed");

interface Counter {
  /** Resolves when it has recorded what it should. */
  readonly hasRecorded: Promise<unknown>;
  readonly died: Promise<number>;
  kill(signal?: NodeJS.Signals): void;
}

interface Counting {
  readonly count: number;
  /** Whether it also saves, again and again. */
  readonly saves?: boolean;
  /** Words in front of its own. */
  readonly under?: readonly string[];
}

function startCounter(site: CountingSite, { count, saves = false, under = [] }: Counting): Counter {
  const words = [
    site.dataFolder,
    site.url,
    site.linkIds.join(","),
    `${count}`,
    saves ? "saves" : "",
  ];
  const child = Bun.spawn([...under, process.execPath, COUNTER, ...words], {
    stdout: "pipe",
    stderr: "inherit",
  });
  return {
    hasRecorded: child.stdout.getReader().read(),
    died: child.exited,
    kill: (signal = "SIGKILL") => child.kill(signal),
  };
}

for (const kind of databases) {
  describe(`processes killed on ${kind}`, () => {
    let site: CountingSite;
    beforeEach(async () => {
      site = await openCountingSite(kind);
    });
    afterEach(() => site.close());

    /** By a process that comes later. */
    async function expectCounted(count: number): Promise<void> {
      const visits = site.open();
      await visits.flush();
      await visits.close();
      expect(await countVisits(site)).toEqual({
        totals: count,
        quarters: count,
        single: count,
        journals: 0,
      });
      expect(site.files()).toEqual([]);
    }

    async function recordAndDie(count: number): Promise<void> {
      const counter = startCounter(site, { count });
      await counter.hasRecorded;
      counter.kill();
      await counter.died;
    }

    test("before anything is saved leave all visits to the next process", async () => {
      await recordAndDie(50_000);
      await recordAndDie(7);
      expect(await countVisits(site)).toMatchObject({ totals: 0, journals: 0 });
      await expectCounted(50_007);
    });

    test("at any point while saving another's journal count no visit twice", async () => {
      const count = 60_000; // two segments, and a slice of each of three links
      await recordAndDie(count);
      for (let round = 0; round < 5; round++) {
        const savers = [1, 2].map(() => startCounter(site, { count: 0, saves: true }));
        await Promise.all(savers.map(({ hasRecorded }) => hasRecorded));
        await Bun.sleep(Math.random() * 100);
        for (const { kill } of savers) kill();
        await Promise.all(savers.map(({ died }) => died));
      }
      await expectCounted(count);
    });

    test("save each other's visits once when several are started", async () => {
      const counters = [1, 2, 3].map(() => startCounter(site, { count: 20_000, saves: true }));
      await Promise.all(counters.map(({ hasRecorded }) => hasRecorded));
      await untilTotal(site, 60_000);
      for (const { kill } of counters) kill();
      await Promise.all(counters.map(({ died }) => died));
      await expectCounted(60_000);
    });

    test("while another is stopped and continued count no visit twice", async () => {
      const count = 40_000;
      await recordAndDie(count);
      const slow = startCounter(site, { count: 0, saves: true });
      await slow.hasRecorded;
      slow.kill("SIGSTOP");
      const quick = kind === "postgres" ? site.open() : null; // SQLite's lock may be with the one who stands still
      await quick?.flush();
      slow.kill("SIGCONT");
      await untilTotal(site, count);
      slow.kill();
      await slow.died;
      await quick?.close();
      await expectCounted(count);
    });

    test.skipIf(!hasStrace).each(momentsOf(kind))(
      "at a call of %s count nothing twice",
      async (calls) => {
        await recordAndDie(15_000); // two slices
        for (let at = 1; at <= 3; at++) {
          const inject = `inject=${calls}:signal=KILL:when=${at}`;
          const strace = ["strace", "-D", "-f", "--seccomp-bpf", "-qq", "-o", "/dev/null"];
          const under = [...strace, "-e", `trace=${calls}`, "-e", inject];
          const saver = startCounter(site, { count: 0, saves: true, under });
          await Promise.race([saver.died, Bun.sleep(1000)]);
          saver.kill();
          await saver.died;
        }
        await expectCounted(15_000);
      },
    );
  });
}

/** System calls at which the process is killed: removal of files, and on SQLite also the commit. */
function momentsOf(kind: DatabaseKind): string[] {
  return kind === "sqlite"
    ? ["unlink,unlinkat", "fsync,fdatasync", "pwrite64"]
    : ["unlink,unlinkat"];
}

async function untilTotal(site: CountingSite, count: number): Promise<void> {
  const isCounted = async () => (await countVisits(site)).totals >= count;
  await until(isCounted, { what: `${count} visits`, seconds: 60 });
}
