import { realpath } from "node:fs/promises";
import type { App } from "../../app.ts";
import {
  declaredPath,
  describeErrors,
  readDeclared,
  removesTooMuch,
} from "../../links-file/apply-declared.ts";
import type { LinksFile } from "../../links-file/links-file.ts";
import { applyPlan, type Plan, type PlanOptions, planLinks } from "../../links-file/links-plan.ts";
import type { ParsedLink } from "../../links-file/parse-file-link.ts";
import { Problem } from "../../problem.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { withApp } from "../with-app.ts";
import { findOwner } from "./link-commands.ts";

export const apply: Command = {
  synopsis: "apply [FILE] --user NAME",
  summary: () =>
    "Make a user's links what a links.toml says (default: their own, which declares them).",
  words: [0, 1],
  options: {
    user: { value: "NAME", doc: () => "whose links they are" },
    "dry-run": { doc: () => "only print what would be done: + new, ~ changed, - removed" },
    prune: { doc: () => "also remove what the file does not name, however much that is" },
  },
  run: applyFile,
};

async function applyFile(invocation: Invocation): Promise<void> {
  const username = invocation.option("user");
  if (username === undefined) throw usageProblem("Say whose links they are: --user NAME");
  const own = declaredPath(invocation.dataFolder, username);
  const { path, isOwn } = await findFile(invocation.positionals[0], own);
  // Read as whoever calls: root gives its rights up before the data folder is touched.
  const file = await readDeclared(path);
  await withApp(invocation, (app) => applyTo(app, invocation, { username, file, isOwn }));
}

async function findFile(given: string | undefined, own: string) {
  const path = await realpath(given ?? own).catch(() => null);
  if (given === undefined) return { path: own, isOwn: true };
  if (path === null) throw new Problem("not_found", `There is no file "${given}" here.`);
  return { path, isOwn: path === (await realpath(own).catch(() => null)) };
}

interface Applied {
  readonly username: string;
  readonly file: LinksFile;
  readonly isOwn: boolean;
}

async function applyTo(
  app: App,
  { has }: Invocation,
  { username, file, isOwn }: Applied,
): Promise<void> {
  const owner = await findOwner(app, username);
  const plan = await planLinks(app, owner, file, optionsFor(isOwn, has("prune")));
  if (plan.errors.length > 0) throw new Problem("invalid", describeErrors(plan.errors));
  printPlan(plan);
  if (has("dry-run")) return;
  if (isOwn && !has("prune") && removesTooMuch(plan)) throw needsPrune(plan);
  await applyPlan(app, plan);
  if (isOwn) await app.declarations.tell(owner.id, { fault: "", waiting: 0 });
}

/** Another file than the user's own makes ordinary links, and removes some only where that is asked for. */
function optionsFor(isOwn: boolean, prune: boolean): PlanOptions {
  if (isOwn) return { declares: true, removes: "declared" };
  return { declares: false, removes: prune ? "others" : "none" };
}

function printPlan({ added, changed, removed, unchanged }: Plan): void {
  for (const link of added) printResult(`+ ${link.shortCode}  ${describe(link)}`);
  for (const link of changed) printResult(`~ ${link.shortCode}  ${describe(link)}`);
  for (const { shortCode } of removed) printResult(`- ${shortCode}`);
  const counts = [`${added.length} new`, `${changed.length} changed`, `${removed.length} removed`];
  printNote(`${counts.join(", ")}, ${unchanged} as they are.`);
}

function describe({ kind, target, source }: ParsedLink): string {
  if (kind === "redirect") return target;
  return source === null || source === "same" ? kind : `${kind} ${source.name}`;
}

function needsPrune({ removed, removable }: Plan): Problem {
  const message = `${removed.length} of ${removable} links would go. If that is right, add --prune.`;
  return new Problem("invalid", message);
}
