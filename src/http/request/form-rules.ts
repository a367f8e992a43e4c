import { type FieldProblems, Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { isProgram } from "./accept.ts";
import type { Form } from "./form.ts";

/** The fields that a form may have. */
export interface FormRules {
  readonly known: readonly string[];
  /** Those that may occur several times. */
  readonly repeatable?: readonly string[];
}

/**
 * Refuses what would be ignored silently: a repeated field, and an unknown one that a program sent. In a browser,
 * extensions may add fields.
 * @throws Problem `invalid` that names every such field
 */
export function requireFields(
  request: Pick<Request, "headers">,
  form: Form,
  { known, repeatable = [] }: FormRules,
): void {
  const repeated = form.names.filter(
    (name) => known.includes(name) && !repeatable.includes(name) && isRepeated(form.all(name)),
  );
  const unknown = isProgram(request) ? form.names.filter((name) => !known.includes(name)) : [];
  const fields: FieldProblems = Object.fromEntries([
    ...repeated.map((name) => [name, text.form.repeatedField(name)]),
    ...unknown.map((name) => [name, text.form.unknownField(name)]),
  ]);
  const messages = Object.values(fields);
  if (messages.length > 0) throw new Problem("invalid", messages.join(" "), { fields });
}

/** A checked box sends `on`, and the hidden field after it `off`. */
function isRepeated([first, second, ...more]: readonly string[]): boolean {
  if (second === undefined) return false;
  return more.length > 0 || first === "off" || second !== "off";
}
