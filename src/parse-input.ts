import type { z } from "zod";
import { type FieldProblems, Problem } from "./problem.ts";
import { formatList } from "./text/format.ts";
import { text } from "./text/text.en.ts";

/**
 * Checks the input of an operation by its schema, whatever entry point it comes from.
 * @throws Problem `invalid` with a message for every refused field, named as in forms and JSON: `display_name`
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields = fieldProblems(result.error.issues);
  throw new Problem("invalid", Object.values(fields).join(" "), { fields });
}

function fieldProblems(issues: readonly z.core.$ZodIssue[]): FieldProblems {
  const problems = issues.flatMap((issue) =>
    fieldsOf(issue).map((field) => [field, messageOf(issue)] as const),
  );
  return Object.fromEntries(problems.reverse());
}

function fieldsOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.code === "unrecognized_keys" ? issue.keys : issue.path.slice(0, 1);
  return path.map((key) => fieldName(String(key)));
}

/** `display_name` for `displayName`. */
function fieldName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A schema's own message, or one for the kind of issue. */
function messageOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return text.input.unknownField;
    case "invalid_value":
      return text.input.chooseOneOf(formatList(issue.values.map(String)));
    case "invalid_type":
      return issue.message.includes("undefined")
        ? text.input.required
        : text.input.wrongType(issue.expected);
    default:
      return issue.message;
  }
}
