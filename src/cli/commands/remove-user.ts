import type { RemovalSummary } from "../../accounts/user-removal.ts";
import { type RemovalPlan, removalPlanSchema } from "../../accounts/user-schema.ts";
import type { App } from "../../app.ts";
import { parseInput } from "../../parse-input.ts";
import { operator } from "../../policy.ts";
import { formatBytes } from "../../text/format.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { canAsk, confirmAtTerminal } from "../confirm.ts";
import { withApp } from "../with-app.ts";
import { text } from "./text.en.ts";

export const removeUser: Command = {
  synopsis: "user remove NAME [OPTIONS]",
  summary: () => text.removeUser.summary,
  words: [1, 1],
  needsPerson: true,
  examples: ["trunk8 user remove alice --links transfer --to bob"],
  options: {
    links: { value: "PLAN", doc: () => text.removeUser.links },
    to: { value: "NAME", doc: () => text.removeUser.to },
    yes: { doc: () => text.removeUser.yes },
    json: { doc: () => text.removeUser.json },
  },
  run: (invocation) => withApp(invocation, (app) => remove(app, invocation)),
};

async function remove(app: App, invocation: Invocation): Promise<void> {
  const [username = ""] = invocation.positionals;
  const { id } = await app.accounts.admin.get(operator, username);
  printNote(describe(await app.accounts.removal.summarize(operator, id)));
  const plan = readPlan(invocation);
  if (!invocation.has("yes")) await requireYes(username);
  const count = await app.accounts.removal.remove(operator, id, plan);
  const json = () => JSON.stringify({ username, links: plan.links, count });
  printResult(invocation.has("json") ? json() : text.removeUser.deleted(username));
}

function describe({ username, bytes, ...counts }: RemovalSummary): string {
  return `${username}: ${text.removeUser.has({ ...counts, size: formatBytes(bytes) })}`;
}

function readPlan({ option }: Invocation): RemovalPlan {
  const links = option("links");
  if (links === undefined) throw usageProblem(text.removeUser.planMissing);
  return parseInput(removalPlanSchema, { links, to: option("to") ?? "" });
}

async function requireYes(username: string): Promise<void> {
  if (!canAsk()) throw usageProblem(text.removeUser.notConfirmed);
  await confirmAtTerminal(text.removeUser.confirm(username));
}
