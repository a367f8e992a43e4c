/** Three real nodes, and everything that goes wrong with them: `npm run test:cluster -- [--only 3,5] [--quick] [--measure]`. */
import { parseArgs } from "node:util";
import { LeftOut } from "../deploy/report.ts";
import { Load } from "./clients/load.ts";
import { Cluster, type ClusterOptions } from "./cluster.ts";
import type { Fault } from "./fault.ts";
import { databaseFaults } from "./faults/database-faults.ts";
import { failoverFaults } from "./faults/failover-faults.ts";
import { fileFaults } from "./faults/file-faults.ts";
import { killFaults } from "./faults/kill-faults.ts";
import { migrationFaults } from "./faults/migration-faults.ts";
import { networkFaults } from "./faults/network-faults.ts";
import { nodeFaults } from "./faults/node-faults.ts";
import { measure } from "./measure.ts";
import { isInNamespace, namespaceEnvironment, namespaceWords } from "./namespace.ts";
import { runFault } from "./run-fault.ts";

const faults = [
  ...nodeFaults,
  ...databaseFaults,
  ...networkFaults,
  ...fileFaults,
  ...failoverFaults,
  ...killFaults,
  ...migrationFaults,
].sort((one, other) => one.number - other.number);

const { values } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean" }, measure: { type: "boolean" } },
});
const words = isInNamespace ? null : namespaceWords();
if (words === null && values.measure) await printFigures();
else if (words === null) await runAll();
else await runInNamespace(words);

/** There, its mounts are its own, and all of its processes end with it. */
async function runInNamespace(words: readonly string[]): Promise<void> {
  const child = Bun.spawn([...words, process.execPath, ...process.argv.slice(1)], {
    env: { ...process.env, ...namespaceEnvironment },
    stdio: ["ignore", "inherit", "inherit"],
  });
  process.exitCode = await child.exited;
}

async function printFigures(): Promise<void> {
  await using cluster = await Cluster.start();
  for await (const line of measure(cluster)) print(line);
}

async function runAll(): Promise<void> {
  const numbers = values.only?.split(",").map(Number);
  const chosen = faults.filter(({ number }) => numbers?.includes(number) ?? true);
  const groups = Map.groupBy(chosen, ({ options }) => JSON.stringify(options ?? {}));
  let failed = 0;
  for (const [options, group] of groups) failed += await runGroup(JSON.parse(options), group);
  print(`${chosen.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

/** The faults that need the same cluster, one after another; returns how many showed something wrong. */
async function runGroup(options: ClusterOptions, group: readonly Fault[]): Promise<number> {
  let failed = 0;
  try {
    await using cluster = await Cluster.start(options);
    const load = await Load.start(cluster);
    for (const fault of group) {
      const { line, isGood } = await runFault(fault, cluster, load, values.quick ? 5 : 30);
      print(line);
      if (!isGood) failed++;
    }
    await load.end();
  } catch (error) {
    if (error instanceof LeftOut) print(`NOT RUN  ${error.message}`);
    else throw error;
  }
  return failed;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
