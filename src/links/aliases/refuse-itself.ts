import { invalid } from "../../problem.ts";
import type { Link } from "../link.ts";
import { ownCodesIn } from "../target/target.ts";
import { text } from "../text.en.ts";
import { addedCodes, type CodeChanges, changedCodes } from "./aliases.ts";

/**
 * Refuses new codes that are the destination or fallback of the link itself.
 * @throws Problem `invalid` on `short_code` or `aliases`
 */
export function refuseNewCodesOfItself(
  link: Link,
  changes: CodeChanges & Partial<Pick<Link, "target" | "fallbackUrl">>,
  origins: readonly string[],
): void {
  const { target, fallbackUrl } = { ...link, ...changes };
  const added = addedCodes(link, changedCodes(link, changes));
  const addresses = [target, fallbackUrl].filter((address) => address !== "");
  if (added.length === 0) return;
  const own = addresses.flatMap((address) => ownCodesIn(address, origins));
  const refused = added.find((code) => own.includes(code));
  if (refused === undefined) return;
  const field = refused === changes.shortCode ? "short_code" : "aliases";
  throw invalid(field, text.aliases.pointsToItself);
}
