import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { killUploads } from "./uploads.ts";

const usage = `npm run crash -- uploads [--rounds N]

Kills the real server N times (100) in the midst of uploads, then looks for what is broken, lost or left over.
Exit code 0: nothing is. 1: something is; the data folder is kept. 2: wrong words.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "100" } },
});
const rounds = Number(values.rounds);
if (positionals.join() === "uploads" && Number.isInteger(rounds) && rounds > 0) await run(rounds);
else {
  process.stderr.write(usage);
  process.exitCode = 2;
}

async function run(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-crash-"));
  const findings = await killUploads(join(folder, "data"), rounds, (round, death, acknowledged) => {
    const point = "at" in death ? `${death.name} ${death.at}` : `${Math.round(death.afterMs)} ms`;
    process.stderr.write(`${round + 1}: killed at ${point}; ${acknowledged} acknowledged so far\n`);
  });
  process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  if (findings.faults.length === 0) return rmSync(folder, { recursive: true });
  process.stderr.write(`What is left is in ${folder}.\n`);
  process.exitCode = 1;
}
