import { invalid } from "../../problem.ts";
import type { Link } from "../link.ts";
import { text } from "../text.en.ts";

/**
 * Refuses a link that would end before it begins.
 * @throws Problem `invalid` on `starts_at`
 */
export function requireStartBeforeExpiry({
  startsAt,
  expiresAt,
}: Pick<Link, "startsAt" | "expiresAt">): void {
  if (startsAt === null || expiresAt === null || startsAt < expiresAt) return;
  throw invalid("starts_at", text.start.afterExpiry);
}
