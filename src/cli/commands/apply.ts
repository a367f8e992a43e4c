import { realpath } from "node:fs/promises";
import type { App } from "../../app.ts";
import {
  declaredPath,
  describeErrors,
  readDeclared,
  removesTooMuch,
} from "../../links-file/apply-declared.ts";
import type { LinksFile } from "../../links-file/links-file.ts";
import {
  applyPlan,
  type LinksPlan,
  type PlanOptions,
  planLinks,
} from "../../links-file/links-plan.ts";
import type { ParsedLink } from "../../links-file/parse-file-link.ts";
import { Problem } from "../../problem.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { withApp } from "../with-app.ts";
import { findOwner } from "./links/link-owner.ts";
import { text } from "./text.en.ts";

export const apply: Command = {
  synopsis: "apply [FILE] --user NAME",
  summary: () => text.apply.summary,
  words: [0, 1],
  examples: ["trunk8 apply links.toml --user admin --dry-run"],
  options: {
    user: { value: "NAME", doc: () => text.apply.user },
    "dry-run": { doc: () => text.apply.dryRun },
    prune: { doc: () => text.apply.prune },
  },
  run: applyFile,
};

async function applyFile(invocation: Invocation): Promise<void> {
  const username = invocation.option("user");
  if (username === undefined) throw usageProblem(text.apply.userMissing);
  const own = declaredPath(invocation.dataFolder, username);
  const { path, isOwn } = await findFile(invocation.positionals[0], own);
  // Read with the rights of the caller: root drops its rights before the data folder is opened.
  const file = await readDeclared(path);
  await withApp(invocation, (app) => applyTo(app, invocation, { username, file, isOwn }));
}

async function findFile(given: string | undefined, own: string) {
  const path = await realpath(given ?? own).catch(() => null);
  if (given === undefined) return { path: own, isOwn: true };
  if (path === null) throw new Problem("not_found", text.apply.fileMissing(given));
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
  if (isOwn) await app.links.declared.setNews(owner.id, { fault: "", waiting: 0 });
}

/** Another file than the user's own creates ordinary links, and deletes links only with `--prune`. */
function optionsFor(isOwn: boolean, prune: boolean): PlanOptions {
  if (isOwn) return { declares: true, removes: "declared" };
  return { declares: false, removes: prune ? "others" : "none" };
}

function printPlan({ added, changed, removed, unchanged }: LinksPlan): void {
  for (const link of added) printResult(`+ ${link.shortCode}  ${describe(link)}`);
  for (const link of changed) printResult(`~ ${link.shortCode}  ${describe(link)}`);
  for (const { shortCode } of removed) printResult(`- ${shortCode}`);
  const counts = { added: added.length, changed: changed.length, removed: removed.length };
  printNote(text.apply.result({ ...counts, unchanged }));
}

function describe({ kind, target, source }: ParsedLink): string {
  if (kind === "redirect") return target;
  return source === null || source === "same" ? kind : `${kind} ${source.name}`;
}

function needsPrune({ removed, removable }: LinksPlan): Problem {
  return new Problem("invalid", text.apply.needsPrune(removed.length, removable));
}
