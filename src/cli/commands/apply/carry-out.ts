import type { PlanJson } from "../../../api/apply/apply-schema.ts";
import type { Problem } from "../../../problem.ts";
import { type Invocation, printNote, printResult } from "../../command.ts";
import { canAsk, confirmAtTerminal } from "../../confirm.ts";
import { paint } from "../../screen.ts";
import { text } from "../text.en.ts";

/** A links.toml, compared with the links that there are. */
interface Planned {
  readonly plan: PlanJson;
  /** Why it is not applied. */
  readonly refusal: Problem | null;
  apply(): Promise<void>;
}

/** Prints a plan, asks at a terminal, and applies it. */
export async function carryOut(
  { has }: Invocation,
  { plan, refusal, apply }: Planned,
): Promise<void> {
  const { added, changed, removed, unchanged } = plan;
  const counts = { added: added.length, changed: changed.length, removed: removed.length };
  const applied = !has("dry-run");
  if (!has("json")) printPlan(plan);
  printNote(text.apply.result({ ...counts, unchanged }));
  if (applied) {
    if (refusal !== null) throw refusal;
    const isNeeded = counts.added + counts.changed + counts.removed > 0;
    if (isNeeded && canAsk() && !has("yes")) await confirmAtTerminal(text.apply.confirm);
    await apply();
  }
  if (has("json")) printResult(JSON.stringify({ ...plan, applied }));
}

function printPlan({ added, changed, removed }: PlanJson): void {
  for (const link of added) printResult(paint(`+ ${describe(link)}`, "green"));
  for (const link of changed) printResult(paint(`~ ${describe(link)}`, "yellow"));
  for (const shortCode of removed) printResult(paint(`- ${shortCode}`, "red"));
}

function describe({ short_code, kind, target, file_name }: PlanJson["added"][number]): string {
  const content = kind === "redirect" ? target : [kind, file_name].filter(Boolean).join(" ");
  return `${short_code}  ${content}`;
}
