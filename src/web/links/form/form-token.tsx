/** @jsxImportSource #markup */
import type { App } from "../../../app.ts";
import type { Form } from "../../../http/request/form.ts";

/** Name of the field. */
export const FORM_ID_FIELD = "form_id";
const FORM_ID = /^[\w-]{1,64}$/;

/** A field with a token that is unique to each time the form is shown. */
export function FormId({ app }: { app: App }) {
  return (
    <input type="hidden" name={FORM_ID_FIELD} value={Buffer.from(app.random(16)).toString("hex")} />
  );
}

/** What two sendings of one form by one user have in common, if nothing else was filled in; null without an id. */
export function sendingKey(form: Form, userId: number, fields: unknown): string | null {
  const id = form.text(FORM_ID_FIELD);
  if (!FORM_ID.test(id)) return null;
  const whole = JSON.stringify([userId, id, fields]);
  return new Bun.CryptoHasher("sha256").update(whole).digest("base64");
}
