import type { Bench, BenchContext, Finding } from "../bench.ts";
import { tableOfSteps } from "./guide.ts";
import { limitGoals } from "./limits.ts";
import { Mix, type MixRun, tableOfMix } from "./mix.ts";

/** The guide's command, except for the duration. */
const STRESS = ["stress-ng", "--cpu", "4", "--io", "2", "--vm", "1", "--vm-bytes", "1G"];

const size = {
  whole: { perSecond: 1000, seconds: 20 },
  quick: { perSecond: 200, seconds: 2 },
} as const;

export const stressBench: Bench = {
  doc: "The guide's load together with its stress-ng, which needs more CPUs than there are.",
  tools: ["stress-ng"],
  run: measure,
};

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { perSecond, seconds } = options.quick ? size.quick : size.whole;
  await using mix = await Mix.start({ options, folder });
  const quiet = await mix.run(perSecond, seconds);
  const stressed = await besideStress(folder, () => mix.run(perSecond, seconds));
  const runs = [quiet, stressed];
  return {
    setup: `The load of "guide" at ${perSecond}/s for ${seconds} s: first alone, then together with ${STRESS.join(" ")}.`,
    tables: [
      tableOfMix("Alone, by kind", [quiet]),
      tableOfMix("Under stress, by kind", [stressed]),
      tableOfSteps("Compared with the guide's table: alone, then under stress", runs),
    ],
    notes: [],
    goals: limitGoals(stressed, "most"),
    figures: runs,
  };
}

/** Runs `work` while stress-ng runs. */
async function besideStress(folder: string, work: () => Promise<MixRun>): Promise<MixRun> {
  const child = Bun.spawn(STRESS, { cwd: folder, stdio: ["ignore", "ignore", "ignore"] });
  try {
    await Bun.sleep(500);
    if (child.exitCode !== null) throw new Error(`stress-ng exited with ${child.exitCode}.`);
    return await work();
  } finally {
    child.kill("SIGINT");
    await child.exited;
  }
}
