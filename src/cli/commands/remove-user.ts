import {
  parseRemovalPlan,
  type RemovalFacts,
  type RemovalPlan,
} from "../../accounts/user-removal.ts";
import type { App } from "../../app.ts";
import { operator } from "../../policy.ts";
import { formatBytes } from "../../text/format.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { withApp } from "../with-app.ts";

export const removeUser: Command = {
  synopsis: "user remove NAME [OPTIONS]",
  summary: () => "Delete an account, once it was told what goes with it.",
  words: [1, 1],
  options: {
    links: { value: "PLAN", doc: () => "transfer (to another user), keep (by admin) or delete" },
    to: { value: "NAME", doc: () => "who gets the links" },
    yes: { doc: () => "do not ask" },
    json: { doc: () => "print {username, links, count} as JSON" },
  },
  run: (invocation) => withApp(invocation, (app) => remove(app, invocation)),
};

async function remove(app: App, invocation: Invocation): Promise<void> {
  const [username = ""] = invocation.positionals;
  const { id } = await app.people.get(operator, username);
  printNote(describe(await app.removal.describe(operator, id)));
  const plan = parsePlan(invocation);
  if (!invocation.has("yes")) requireYes(username);
  const count = await app.removal.remove(operator, id, plan);
  const json = () => JSON.stringify({ username, links: plan.links, count });
  printResult(invocation.has("json") ? json() : `The account ${username} is deleted.`);
}

function describe({ username, links, visits, files, bytes }: RemovalFacts): string {
  const room = formatBytes(bytes);
  return `${username}: links ${links}, visits in 30 days ${visits}, files ${files} (${room}).`;
}

function parsePlan({ option }: Invocation): RemovalPlan {
  const links = option("links");
  if (links === undefined)
    throw usageProblem(
      "Say what becomes of the links: --links transfer --to NAME, keep or delete.",
    );
  return parseRemovalPlan({ links, to: option("to") ?? "" });
}

function requireYes(username: string): void {
  if (process.stdin.isTTY && confirm(`Delete the account ${username}?`)) return;
  throw usageProblem("Nothing was deleted. Say --yes to delete without being asked.");
}
