import { join } from "node:path";
import type { Bench, BenchContext, Finding, Options } from "../bench.ts";
import { runScript } from "../machine/child.ts";
import { settle } from "../machine/cpu.ts";
import { startOurs } from "../sides/ours.ts";
import { type AttackName, type AttackOrder, type AttackResult, attacks } from "./attacks.ts";
import { type AttackRow, describeAttacks } from "./hostile-report.ts";
import { prepareSite, type Site, signInAll } from "./site.ts";
import { watch } from "./watch.ts";

export const hostileBench: Bench = {
  doc: "Attacks of the security review, one after another, and what everybody else notices of each.",
  tools: [],
  run: measure,
};

const WARM_UP_MS = 1000;
const IDLE_MS = 2000;

/** Memory is given back at last so long after an attack. */
const AFTER_MS = 10_000;
const QUICK_AFTER_MS = 1000;

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { program, quick } = options;
  const workers = options.workers ?? "2";
  const dataFolder = join(folder, "data");
  const prepared = await prepareSite(dataFolder);
  // The limits of an installation: those of a benchmark are off.
  const env = {
    TRUNK8_LIMITS_ACCOUNT_PER_MINUTE: "6000",
    TRUNK8_LIMITS_STRANGER_PER_MINUTE: "100",
    TRUNK8_LIMITS_ACCOUNT_CPU_MS: "60000",
    TRUNK8_LIMITS_STRANGER_CPU_MS: "10000",
    TRUNK8_LIMITS_UPLOADS: "4",
  };
  await using side = await startOurs({ program, dataFolder, folder, workers, env });
  const site: Site = {
    ...prepared,
    ...(await signInAll(side.port)),
    port: side.port,
    pid: side.pid,
  };
  await watch(site, Bun.sleep(WARM_UP_MS), 0);
  const rows: AttackRow[] = [];
  for (const name of chosen(options)) {
    await settle(side.pid);
    rows.push(await attack(site, name, { quick, dataFolder }));
  }
  return {
    setup: `${workers} workers, default limits. Every 50 ms a new connection each asks for /health, a redirect and another account's home page, and one more account creates a link.`,
    ...describeAttacks(rows),
  };
}

/** The attacks of some findings, or all; a quick run has one. */
function chosen({ quick, attacks: findings }: Options): AttackName[] {
  const names = Object.keys(attacks) as AttackName[];
  const isChosen = (name: string) =>
    findings.some((finding) => `${name} `.startsWith(`${finding} `));
  if (findings.length > 0) return names.filter(isChosen);
  return quick ? names.slice(0, 1) : names;
}

async function attack(
  site: Site,
  name: AttackName,
  terms: Pick<AttackOrder, "quick" | "dataFolder">,
): Promise<AttackRow> {
  process.stderr.write(`${name}\n`);
  const idle = await watch(site, Bun.sleep(IDLE_MS), 0);
  const order: AttackOrder = { name, ...site, ...terms };
  const running = runScript<AttackResult>(join(import.meta.dir, "attacks.ts"), order);
  const seen = await watch(site, running, terms.quick ? QUICK_AFTER_MS : AFTER_MS);
  return { ...seen, name, idle, ...(await running) };
}
