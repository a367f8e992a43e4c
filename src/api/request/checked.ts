import type { z } from "zod";
import { messageFor } from "../../parse-input.ts";
import { Problem } from "../../problem.ts";

/**
 * Checks what arrived by its schema.
 * @param nameOf names the field at a path in problems
 * @throws Problem `invalid` with a message for each refused field
 */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  nameOf: (path: readonly PropertyKey[]) => string,
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(given, { error: messageFor });
  if (success) return data;
  const fields: Record<string, string> = {};
  for (const issue of error.issues)
    for (const path of pathsOf(issue)) fields[nameOf(path)] ??= issue.message;
  throw new Problem("invalid", [...new Set(Object.values(fields))].join(" "), { fields });
}

function pathsOf(issue: z.core.$ZodIssue): readonly (readonly PropertyKey[])[] {
  if (issue.code !== "unrecognized_keys") return [issue.path];
  return issue.keys.map((key) => [...issue.path, key]);
}
