/** Tries every file of deploy/ on the program that it is written for: `npm run test:deploy -- [WORD]`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proveHaproxy } from "./haproxyproofs.ts";
import { proveMachine } from "./machineproofs.ts";
import { proveNginx } from "./nginxproofs.ts";
import { proveMonitoring } from "./prometheusproofs.ts";
import { Report } from "./report.ts";
import { proveSystemd } from "./systemdproofs.ts";

const parts = {
  nginx: proveNginx,
  haproxy: proveHaproxy,
  monitoring: proveMonitoring,
  systemd: proveSystemd,
  machine: proveMachine,
};

const [only = ""] = process.argv.slice(2);
const report = new Report(join(import.meta.dir, "../../deploy"));
for (const [name, prove] of Object.entries(parts).filter(([name]) => name.startsWith(only))) {
  const folder = mkdtempSync(join(tmpdir(), `trunk8-${name}-`));
  const beganAt = performance.now();
  await prove(report, folder).catch((error) => {
    process.stdout.write(`FAILED   ${name}: ${error}\n`);
    process.exitCode = 1;
  });
  process.stderr.write(`${name}: ${((performance.now() - beganAt) / 1000).toFixed(1)} s\n`);
  if (process.env.TRUNK8_TEST_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
}
const isGood = report.print((line) => process.stdout.write(`${line}\n`), { isWhole: only === "" });
if (!isGood) process.exitCode = 1;
