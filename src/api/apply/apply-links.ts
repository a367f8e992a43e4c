import type { BlobOwner } from "../../files/blobs.ts";
import type { Call } from "../../http/call.ts";
import { json } from "../../http/response/response.ts";
import type { Link } from "../../links/link.ts";
import { describeErrors } from "../../links-file/apply-declared.ts";
import { type LinksFile, readLinksFile } from "../../links-file/links-file.ts";
import { applyPlan, type LinksPlan, planLinks } from "../../links-file/links-plan.ts";
import { creationOf, may, type ResourceAction } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { ownerNamed } from "../request/owner.ts";
import { text } from "../text.en.ts";
import type { ApplyBody } from "./apply-schema.ts";
import { describePlan } from "./describe-plan.ts";

const MOST_LINKS = 1000;

/** Each takes as long as a sign-in. */
const MOST_PASSWORDS = 20;

/** `POST /api/v1/links:apply` */
export async function applyLinks(
  call: Call,
  username: string | undefined,
  { toml, dry_run = false, prune = false }: ApplyBody,
): Promise<Response> {
  const { app, actor } = call;
  const owner = await ownerNamed(call, username);
  const file = readLinksFile(toml, { strict: true });
  requireModest(file, prune);
  const removes = prune ? "others" : "none";
  const plan = await planLinks(app, owner, file, { declares: false, removes });
  if (plan.errors.length > 0) throw invalid("toml", describeErrors(plan.errors));
  await requireAllowed(call, owner, plan);
  if (!dry_run) await applyPlan(app, plan, actor);
  return json(describePlan(plan, !dry_run), { call });
}

/** Refuses what takes long, reads files of the machine, or would delete all links of an account. */
function requireModest({ links }: LinksFile, prune: boolean): void {
  if (links.length > MOST_LINKS) throw invalid("toml", text.apply.tooManyLinks(MOST_LINKS));
  if (prune && links.length === 0) throw invalid("toml", text.apply.noLinks);
  const withFile = links.find(({ path }) => path !== undefined);
  if (withFile !== undefined) throw invalid("toml", text.apply.noPaths(withFile.shortCode));
  if (links.filter(({ password }) => password).length > MOST_PASSWORDS)
    throw invalid("toml", text.apply.tooManyPasswords(MOST_PASSWORDS));
}

/** @throws Problem `forbidden`, `insufficient_scope` */
async function requireAllowed(
  { app, actor }: Call,
  { id: ownerId }: BlobOwner,
  { added, changed, removed }: LinksPlan,
): Promise<void> {
  const require = (action: ResourceAction, kind: Link["kind"]) => {
    if (!may(actor, action, { ownerId, kind }))
      throw new Problem("forbidden", text.apply.notAllowed);
  };
  for (const { kind } of added) require(creationOf(kind), kind);
  const before = await app.links.declared.find(changed.map(({ shortCode }) => shortCode));
  for (const { kind } of [...changed, ...before, ...removed]) require("link.edit", kind);
}
