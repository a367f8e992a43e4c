import type { Form } from "../../http/request/form.ts";

/** The short codes in a form: one field for each link, or several codes in one field, separated by commas. */
export function codesIn(form: Form): readonly string[] {
  return form.all("codes").flatMap((text) => text.split(","));
}
