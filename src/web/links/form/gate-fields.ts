import type { LinkChangesInput } from "../../../links/input/link-schema.ts";
import type { Link } from "../../../links/link.ts";

/** How often a link may be opened: the choices of its form. */
export const visitChoices = ["unlimited", "once", "limited"] as const;

/** Fields of a link's form about what it asks for before it opens. */
interface GateFields {
  readonly visits?: string;
  readonly visit_limit?: string;
  readonly password?: string;
  readonly remove_password?: string;
}

/** Absent fields, and a password that was left empty, change nothing. */
export function gateIn(fields: GateFields): Pick<LinkChangesInput, "visitLimit" | "password"> {
  const { password = "", remove_password: isRemoved } = fields;
  const visitLimit = visitLimitIn(fields);
  return {
    ...(visitLimit !== undefined && { visitLimit }),
    ...(isRemoved === "on" && { password: null }),
    ...(password !== "" && { password }),
  };
}

function visitLimitIn({ visits, visit_limit: limit }: GateFields): number | null | undefined {
  switch (visits) {
    case "unlimited":
      return null;
    case "once":
      return 1;
    case "limited":
      // The schema refuses 0: the choice needs a number.
      return Number(limit?.trim());
    default:
      if (limit === undefined) return undefined;
      return limit.trim() === "" ? null : Number(limit);
  }
}

/** The same fields of a stored link; a password is never shown. */
export function gateFieldsOf({ visitLimit, passwordHash }: Link): GateFields {
  const choice = visitLimit === null ? "unlimited" : visitLimit === 1 ? "once" : "limited";
  return {
    visits: choice,
    visit_limit: choice === "limited" ? String(visitLimit) : "",
    ...(passwordHash !== "" && { remove_password: "off" }),
  };
}
