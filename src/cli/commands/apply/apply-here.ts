import { realpath } from "node:fs/promises";
import { describePlan } from "../../../api/apply/describe-plan.ts";
import type { App } from "../../../app.ts";
import {
  declaredPath,
  describeErrors,
  readDeclared,
  removesTooMuch,
} from "../../../links-file/apply-declared.ts";
import type { LinksFile } from "../../../links-file/links-file.ts";
import {
  applyPlan,
  type LinksPlan,
  type PlanOptions,
  planLinks,
} from "../../../links-file/links-plan.ts";
import { Problem } from "../../../problem.ts";
import { type Invocation, usageProblem } from "../../command.ts";
import { withApp } from "../../with-app.ts";
import { findOwner } from "../links/link-owner.ts";
import { text } from "../text.en.ts";
import { carryOut } from "./carry-out.ts";

/** Applies a file on this machine, where it may be the user's own, which declares links. */
export async function applyHere(invocation: Invocation): Promise<void> {
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
  invocation: Invocation,
  { username, file, isOwn }: Applied,
): Promise<void> {
  const owner = await findOwner(app, username);
  const prune = invocation.has("prune");
  const plan = await planLinks(app, owner, file, optionsFor(isOwn, prune));
  if (plan.errors.length > 0) throw new Problem("invalid", describeErrors(plan.errors));
  await carryOut(invocation, {
    plan: describePlan(plan, false),
    refusal: isOwn && !prune && removesTooMuch(plan) ? needsPrune(plan) : null,
    apply: async () => {
      await applyPlan(app, plan);
      if (isOwn) await app.links.declared.setNews(owner.id, { fault: "", waiting: 0 });
    },
  });
}

/** Another file than the user's own creates ordinary links, and deletes links only with `--prune`. */
function optionsFor(isOwn: boolean, prune: boolean): PlanOptions {
  if (isOwn) return { declares: true, removes: "declared" };
  return { declares: false, removes: prune ? "others" : "none" };
}

function needsPrune({ removed, removable }: LinksPlan): Problem {
  return new Problem("invalid", text.apply.needsPrune(removed.length, removable));
}
