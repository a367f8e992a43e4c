import { existsSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../clock.ts";
import { loadSettings } from "../../config/load-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { holdsDatabase } from "../../database/data-folders.ts";
import { isDamage } from "../../database/database-errors.ts";
import { text as database } from "../../database/text.en.ts";
import { Problem } from "../../problem.ts";
import { checksOfProxy } from "../../server/doctor/proxy-checks.ts";
import {
  type Check,
  type CheckOptions,
  checksOfApp,
  checksOfPlace,
  examine,
  type Finding,
  reasonOf,
} from "../../server/doctor/site-checks.ts";
import { type Command, type Invocation, printResult, usageProblem } from "../command.ts";
import { prepareDataFolder } from "../data-folder.ts";
import { showProgress } from "../show-progress.ts";
import { withApp } from "../with-app.ts";
import { text } from "./text.en.ts";

export const doctor: Command = {
  synopsis: "doctor [OPTIONS]",
  summary: () => text.doctor.summary,
  words: [0, 0],
  examples: ["trunk8 doctor --deep", "trunk8 doctor --proxy https://x.example"],
  options: {
    deep: { doc: () => text.doctor.deep },
    fix: { doc: () => text.doctor.fix },
    proxy: { value: "URL", doc: () => text.doctor.proxy },
    json: { doc: () => text.doctor.json },
  },
  run: examineSite,
};

type Report = (finding: Finding) => void;

async function examineSite(invocation: Invocation): Promise<void> {
  const { dataFolder, has, option } = invocation;
  if (!existsSync(dataFolder)) throw new Problem("not_found", text.doctor.noDataFolder(dataFolder));
  prepareDataFolder(dataFolder);
  const findings: Finding[] = [];
  const find = option("proxy") === undefined ? findEverything : findProxyFaults;
  await find(invocation, (finding) => {
    findings.push(finding);
    if (!has("json")) printResult(describeFinding(finding));
  });
  if (has("json")) printResult(JSON.stringify(findings.map(withFormerNames), null, 2));
  const left = findings.reduce((sum, { count, fixed }) => sum + count - fixed, 0);
  if (left > 0) throw new Problem("invalid", text.doctor.found(left));
}

/** Adds the former names of the JSON keys, which scripts may read. */
function withFormerNames(finding: Finding) {
  const faults = finding.faults.map((fault) => ({ ...fault, isMended: fault.isFixed }));
  return { ...finding, faults, mended: finding.fixed };
}

async function findEverything(invocation: Invocation, report: Report): Promise<void> {
  const options = { isDeep: invocation.has("deep"), isFixing: invocation.has("fix") };
  const { settings, check } = await readSettings(invocation);
  await examineShown([check], options, report);
  if (settings === null) return;
  await examineShown(checksOfPlace(placeOf(invocation, settings)), options, report);
  if (holdsDatabase(invocation.dataFolder, settings["database.url"]))
    await examineApp(invocation, options, report);
}

async function findProxyFaults(invocation: Invocation, report: Report): Promise<void> {
  const origin = originOf(invocation.option("proxy") ?? "");
  await withApp(invocation, async (app) => {
    const { reach, rest } = checksOfProxy(app, origin);
    let isReached = true;
    await examineShown([reach], { isFixing: false }, (finding) => {
      isReached = finding.count === 0;
      report(finding);
    });
    if (isReached) await examineShown(rest, { isFixing: false }, report);
  });
}

/** Runs the checks one after another, and shows which one is being run. */
async function examineShown(
  checks: readonly Check[],
  options: Pick<CheckOptions, "isFixing">,
  report: Report,
): Promise<void> {
  for (const check of checks)
    await showProgress(text.doctor.progress(check.name), () => examine([check], options, report));
}

function originOf(value: string): string {
  const url = URL.parse(value);
  if (url?.protocol === "https:" || url?.protocol === "http:") return url.origin;
  throw usageProblem(text.doctor.proxyInvalid);
}

/** Null settings: they are invalid, and no other check could be trusted. */
async function readSettings(
  invocation: Invocation,
): Promise<{ settings: Settings | null; check: Check }> {
  const remedy = text.doctor.settingsRemedy;
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

async function examineApp(
  invocation: Invocation,
  options: CheckOptions,
  report: Report,
): Promise<void> {
  try {
    await withApp(invocation, (app) => examineShown(checksOfApp(app, options), options, report));
  } catch (thrown) {
    report(unopened(thrown));
  }
}

function unopened(thrown: unknown): Finding {
  const fault = {
    what: text.doctor.cannotOpen(reasonOf(thrown)),
    remedy: isDamage(thrown) ? database.restoreRemedy : text.doctor.cannotOpenRemedy,
    isFixed: false,
  };
  return { check: "database", seen: "", faults: [fault], count: 1, fixed: 0, tookMs: 0 };
}

/** Width of the verdict before each line. */
const VERDICT_WIDTH = 6;

/** One line if nothing is wrong; else a line for each fault. */
function describeFinding({ check, seen, faults, count }: Finding): string {
  const { ok, fixed, wrong, more } = text.doctor;
  const line = (verdict: string, ...words: string[]) =>
    `${verdict.padEnd(VERDICT_WIDTH)} ${[check, ...words].join(": ")}`;
  if (count === 0) return seen === "" ? line(ok) : line(ok, seen);
  const lines = faults.map(({ what, remedy, isFixed }) =>
    isFixed ? line(fixed, what) : line(wrong, `${what} -> ${remedy}`),
  );
  const others = count - faults.length;
  return [...lines, ...(others > 0 ? [line("", more(others))] : [])].join("\n");
}
