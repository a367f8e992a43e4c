import type { z } from "zod";
import { type FieldProblems, invalid, Problem } from "./problem.ts";
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
  const result = schema.safeParse(input, { error: messageFor });
  if (result.success) return result.data;
  const fields = fieldProblems(result.error.issues);
  throw new Problem("invalid", Object.values(fields).join(" "), { fields });
}

/**
 * A JSON object, whose keys are in snake case, as the input of an operation, whose keys are in camel case.
 * @throws Problem `bad_request` where it is no object, `invalid` for a key in another case
 */
export function keysFromJson(body: unknown): Record<string, unknown> {
  const entries = Object.entries(requireObject(body));
  return Object.fromEntries(entries.map(([name, value]) => [keyOf(name), value]));
}

/** @throws Problem `bad_request` */
export function requireObject(body: unknown): object {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body;
  throw new Problem("bad_request", text.input.noObject);
}

/** `displayName` for `display_name`. */
function keyOf(name: string): string {
  const key = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  if (fieldNameOf(key) !== name) throw invalid(name, text.input.unknownField);
  return key;
}

function fieldProblems(issues: readonly z.core.$ZodIssue[]): FieldProblems {
  const problems = issues.flatMap((issue) =>
    fieldsOf(issue).map((field) => [field, issue.message] as const),
  );
  return Object.fromEntries(problems.reverse());
}

function fieldsOf(issue: z.core.$ZodIssue): readonly string[] {
  const path = issue.code === "unrecognized_keys" ? issue.keys : issue.path.slice(0, 1);
  return path.map((key) => fieldNameOf(String(key)));
}

/** The name of a field in forms, JSON, TOML and problems: `display_name` for `displayName`. */
export function fieldNameOf(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The message for an issue where the schema has none of its own. */
export function messageFor(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "unrecognized_keys":
      return text.input.unknownField;
    case "invalid_value":
      return text.input.chooseOneOf(formatList(issue.values.map(String)));
    case "invalid_type":
      return issue.input === undefined ? text.input.required : text.input.wrongType(issue.expected);
    default:
      return undefined;
  }
}
