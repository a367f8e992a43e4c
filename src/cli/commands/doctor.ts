import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../clock.ts";
import { loadSettings } from "../../config/load-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { holdsDatabase } from "../../database/data-folders.ts";
import { BRING_BACK } from "../../database/database-consistency.ts";
import { Problem } from "../../problem.ts";
import { checksOfProxy } from "../../server/doctor/proxy-checks.ts";
import {
  type Check,
  checksOfApp,
  checksOfPlace,
  examine,
  type Finding,
  type Manner,
  reasonOf,
} from "../../server/doctor/site-checks.ts";
import { type Command, type Invocation, printResult, usageProblem } from "../command.ts";
import { prepareDataFolder, withApp } from "../with-app.ts";

export const doctor: Command = {
  synopsis: "doctor [OPTIONS]",
  summary: () => "Look for what is wrong, also beside a running server, and say how to change it.",
  words: [0, 0],
  options: {
    deep: { doc: () => "read every stored byte, and compare each index with its table" },
    fix: { doc: () => "put right what can be put right with no harm" },
    proxy: {
      value: "URL",
      doc: () => "try the proxy in front instead: the address that people use",
    },
    json: { doc: () => "print [{check, seen, faults, count, fixed, tookMs}] as JSON" },
  },
  run: examineSite,
};

type Report = (finding: Finding) => void;

async function examineSite(invocation: Invocation): Promise<void> {
  const { dataFolder, has, option } = invocation;
  if (!existsSync(dataFolder))
    throw new Problem("not_found", `There is no data folder ${dataFolder}.`);
  prepareDataFolder(dataFolder);
  const findings: Finding[] = [];
  const find = option("proxy") === undefined ? findEverything : findProxyFaults;
  await find(invocation, (finding) => {
    findings.push(finding);
    if (!has("json")) printResult(describeFinding(finding));
  });
  if (has("json")) printResult(JSON.stringify(findings.map(withFormerNames), null, 2));
  const left = findings.reduce((sum, { count, fixed }) => sum + count - fixed, 0);
  if (left > 0)
    throw new Problem("invalid", left === 1 ? "One thing is wrong." : `${left} things are wrong.`);
}

/** Adds the former names of the JSON keys, which scripts may read. */
function withFormerNames(finding: Finding) {
  const faults = finding.faults.map((fault) => ({ ...fault, isMended: fault.isFixed }));
  return { ...finding, faults, mended: finding.fixed };
}

async function findEverything(invocation: Invocation, report: Report): Promise<void> {
  const manner = { isDeep: invocation.has("deep"), isFixing: invocation.has("fix") };
  const { settings, check } = await readSettings(invocation);
  await examine([check], manner, report);
  if (settings === null) return;
  await examine(checksOfPlace(placeOf(invocation, settings)), manner, report);
  if (holdsDatabase(invocation.dataFolder, settings["database.url"]))
    await examineApp(invocation, manner, report);
}

async function findProxyFaults(invocation: Invocation, report: Report): Promise<void> {
  const origin = originOf(invocation.option("proxy") ?? "");
  await withApp(invocation, async (app) => {
    const { reach, rest } = checksOfProxy(app, origin);
    let isReached = true;
    await examine([reach], { isFixing: false }, (finding) => {
      isReached = finding.count === 0;
      report(finding);
    });
    if (isReached) await examine(rest, { isFixing: false }, report);
  });
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.origin;
  throw usageProblem("--proxy takes an address such as https://x.example");
}

/** Null settings: they are broken, and nothing else can be trusted. */
async function readSettings(
  invocation: Invocation,
): Promise<{ settings: Settings | null; check: Check }> {
  const remedy = "Change that line; trunk8 config prints what is in force.";
  const checkOf = (said: readonly string[]): Check => ({
    name: "settings",
    find: async function* () {
      for (const what of said) yield { what, remedy };
    },
  });
  try {
    const { settings, warnings } = await loadSettings({ ...invocation, flags: {} });
    return { settings, check: checkOf(warnings) };
  } catch (thrown) {
    return { settings: null, check: checkOf([reasonOf(thrown)]) };
  }
}

function placeOf({ dataFolder }: Invocation, settings: Settings) {
  const runFolder = settings["server.run_folder"] || join(dataFolder, "run");
  return { dataFolder, runFolder, settings, clock: systemClock };
}

async function examineApp(invocation: Invocation, manner: Manner, report: Report): Promise<void> {
  try {
    await withApp(invocation, (app) => examine(checksOfApp(app, manner), manner, report));
  } catch (thrown) {
    report(unopened(thrown));
  }
}

function unopened(thrown: unknown): Finding {
  const fault = {
    what: `The database cannot be opened: ${reasonOf(thrown)}`,
    remedy: BRING_BACK,
    isFixed: false,
  };
  return { check: "database", seen: "", faults: [fault], count: 1, fixed: 0, tookMs: 0 };
}

/** One line where all is well; else a line for each fault. */
function describeFinding({ check, seen, faults, count }: Finding): string {
  if (count === 0) return seen === "" ? `ok     ${check}` : `ok     ${check}: ${seen}`;
  const lines = faults.map(({ what, remedy, isFixed }) =>
    isFixed ? `fixed  ${check}: ${what}` : `wrong  ${check}: ${what} -> ${remedy}`,
  );
  const untold = count - faults.length;
  return [...lines, ...(untold > 0 ? [`       ${check}: and ${untold} more`] : [])].join("\n");
}
