import { isInvalid, Problem } from "../../problem.ts";

/** A path into a JSON body as a URI fragment (RFC 6901): `#/operations/3/target`. */
export function joinPointer(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => String(step).replaceAll("~", "~0").replaceAll("/", "~1"));
  return `#${steps.map((step) => `/${encodeURI(step.toWellFormed())}`).join("")}`;
}

/** The pointer of a field that an operation has refused, which names it as JSON does, or is a pointer already. */
export function pointerOfField(field: string): string {
  return isPointer(field) ? field : joinPointer([field]);
}

function isPointer(field: string): boolean {
  return field === "#" || field.startsWith("#/");
}

/** Names a parameter of the query, or a header, among the refused fields of a problem. */
export const parameterField = (name: string): string => `?${name}`;

/** The parameter that a refused field names; null for one of the body. */
export function parameterIn(field: string): string | null {
  return field.startsWith("?") ? field.slice(1) : null;
}

/** Runs an operation whose input is the query: it refuses parameters, not fields. */
export async function ofParameters<Done>(work: () => Promise<Done>): Promise<Done> {
  try {
    return await work();
  } catch (thrown) {
    if (!isInvalid(thrown)) throw thrown;
    const fields = Object.entries(thrown.fields).map(([name, message]) => [
      parameterField(name),
      message,
    ]);
    throw new Problem("invalid", thrown.message, { fields: Object.fromEntries(fields) });
  }
}
