/** Tries every file of deploy/ on the program that it is written for: `npm run test:deploy -- [WORD]`. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { proveCluster } from "./cluster-proofs.ts";
import { proveDocker } from "./docker-proofs.ts";
import { proveHaproxy } from "./haproxy-proofs.ts";
import { proveInstall } from "./install-proofs.ts";
import { proveMachine } from "./machine-proofs.ts";
import { proveNginx } from "./nginx-proofs.ts";
import { proveMonitoring } from "./prometheus-proofs.ts";
import { Report } from "./report.ts";
import { proveSystemd } from "./systemd-proofs.ts";
import { run } from "./tools.ts";

const parts = {
  nginx: proveNginx,
  haproxy: proveHaproxy,
  monitoring: proveMonitoring,
  systemd: proveSystemd,
  machine: proveMachine,
  cluster: proveCluster,
  // The script installs what the Dockerfile's instructions build.
  install: async (report: Report, folder: string) => {
    await proveDocker(report, folder);
    await proveInstall(report, folder);
  },
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
  // Should something be mounted there still, it is not followed.
  await run(["rm", "-rf", "--one-file-system", folder]);
}
const isGood = report.print((line) => process.stdout.write(`${line}\n`), { isWhole: only === "" });
if (!isGood) process.exitCode = 1;
