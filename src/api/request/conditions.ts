import { isKnownTag } from "../../http/response/conditional.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

/** What is stored now, as far as conditions look at it. */
interface Stored {
  readonly revision: number;
}

type Conditional = Pick<Request, "headers">;

/** The entity tag of a revision. */
export const etagOf = ({ revision }: Stored): string => `"r${revision}"`;

/**
 * Compares If-Match and If-None-Match of a request that changes something with what is stored; null: nothing.
 * @returns the revision that must not change meanwhile, where the request names one
 * @throws Problem `precondition_failed`
 */
export function requireConditions(request: Conditional, stored: Stored | null): number | undefined {
  const noneMatch = request.headers.get("if-none-match");
  if (noneMatch !== null && stored !== null && isKnownTag(request, etagOf(stored)))
    throw new Problem("precondition_failed", text.conditions.exists);
  return requireMatch(request, stored);
}

/** If-Match alone, as a request that reads has it. */
export function requireMatch(request: Conditional, stored: Stored | null): number | undefined {
  const match = request.headers.get("if-match")?.trim();
  if (match === undefined) return undefined;
  if (stored === null) throw new Problem("precondition_failed", text.conditions.missing);
  if (match === "*") return undefined;
  const tags = match.split(",").map((tag) => tag.trim());
  if (tags.includes(etagOf(stored))) return stored.revision;
  throw changedMeanwhile();
}

/** Runs a change that was asked for on a condition: a conflict then means that it does not hold any more. */
export async function onCondition<Done>(
  { headers }: Conditional,
  work: () => Promise<Done>,
): Promise<Done> {
  try {
    return await work();
  } catch (thrown) {
    const isConditional = headers.has("if-match");
    if (!(thrown instanceof Problem) || thrown.code !== "conflict" || !isConditional) throw thrown;
    throw changedMeanwhile(thrown);
  }
}

function changedMeanwhile({ current }: Partial<Problem> = {}): Problem {
  const details = current === undefined ? {} : { current };
  return new Problem("precondition_failed", text.conditions.changed, details);
}
