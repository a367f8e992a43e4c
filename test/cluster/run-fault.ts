import { LeftOut } from "../deploy/report.ts";
import { BOUND_MS, type Load, type Seen } from "./clients/load.ts";
import { type Verdict, verify } from "./clients/verify.ts";
import type { Cluster } from "./cluster.ts";
import type { Fault } from "./fault.ts";

const RECOVERY_SECONDS = 10;
const SETTLE_MS = 2000;

/** Puts a cluster under load through a fault, and compares what clients were told with what is there. */
export async function runFault(
  fault: Fault,
  cluster: Cluster,
  load: Load,
  seconds: number,
): Promise<{ readonly line: string; readonly isGood: boolean }> {
  const [notes, faults]: [string[], string[]] = [[], []];
  const ground = {
    ...{ cluster, load, seconds },
    note: (what: string) => void notes.push(what),
    fault: (what: string) => void faults.push(what),
  };
  load.reset();
  load.resume();
  await Bun.sleep(SETTLE_MS);
  try {
    await fault.run(ground);
  } catch (error) {
    await load.pause();
    if (!(error instanceof LeftOut))
      return { line: `${label(fault, "FAILED")}: ${Bun.inspect(error)}`, isGood: false };
    return { line: `${label(fault, "NOT RUN")}: ${error.message}`, isGood: true };
  }
  const recovery = await cluster.recovered();
  await Bun.sleep(SETTLE_MS);
  await load.pause();
  const verdict = await verify(cluster, load);
  const { seen } = load;
  faults.push(...seen.faults, ...verdict.wrongCounts);
  if (!fault.mayLose) faults.push(...verdict.lost);
  if (recovery > RECOVERY_SECONDS) faults.push(`it recovered after ${recovery.toFixed(1)} s`);
  if (fault.redirectsGoOn && seen.readsFailed > 0) faults.push(`${seen.readsFailed} reads failed`);
  const line = [...summary(seen, verdict, recovery), ...notes].join("; ");
  const wrong = faults.slice(0, 5).map((what) => `\n         ${what}`);
  const isGood = faults.length === 0;
  return { line: `${label(fault, isGood ? "ok" : "FAILED")}: ${line}${wrong.join("")}`, isGood };
}

function label({ number, name }: Fault, outcome: string): string {
  return `${outcome.padEnd(8)} ${String(number).padStart(2)} ${name}`;
}

function summary(seen: Seen, verdict: Verdict, recovery: number): string[] {
  const { ages } = seen;
  const failures = [...seen.failures].map(([why, count]) => `${count} x ${why}`).join(", ");
  return [
    `${seen.edits + seen.creates} writes acknowledged, ${verdict.lost.length} lost`,
    `${seen.reads} openings, ${ages.length} old (at most ${Math.round(seen.oldestMs)} of ${BOUND_MS} ms)`,
    `visits ${verdict.answered} answered, ${verdict.counted} counted`,
    `failed: ${failures || "none"}`,
    `slowest opening ${(seen.slowestReadMs / 1000).toFixed(1)} s`,
    `recovered after ${recovery.toFixed(1)} s`,
  ];
}
