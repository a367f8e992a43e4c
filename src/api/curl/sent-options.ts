import type { Call } from "../../http/call.ts";
import type { Form } from "../../http/request/form.ts";
import { LATEST_EXPIRY } from "../../links/expiry.ts";
import { makeShortCode } from "../../links/short-code.ts";
import { Problem } from "../../problem.ts";
import type { FileOptions } from "../files/file-schema.ts";
import { readOptions } from "../files/upload-file.ts";
import { text } from "./text.en.ts";

/** Fields whose values are addresses to shorten. */
export const addressFields = ["url", "shorten"] as const;

/** Fields that the API does not have. */
const ownFields = [...addressFields, "secret", "expires"] as const;

/** Characters of a code that cannot be guessed: 127 bits. */
const SECRET_LENGTH = 22;

/** A number beyond this is no number of hours, but of milliseconds since 1970. */
const MOST_HOURS = 1_000_000_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The options of a form as 0x0 and rustypaste read them, and the API's own.
 * @throws Problem `bad_request`, `invalid` with a message for each refused field
 */
export function optionsIn(call: Call, form: Form): FileOptions {
  const expiresAt = expiryIn(form, call.app.clock());
  return {
    ...optionsInHeaders(call),
    ...readOptions(form, ownFields),
    ...(expiresAt !== null && { expires_at: new Date(expiresAt).toISOString() }),
    ...(form.has("secret") && { short_code: makeShortCode(call.app.random, SECRET_LENGTH) }),
  };
}

/**
 * The options that transfer.sh reads from headers; what is no number is ignored, as there.
 * @throws Problem `bad_request` for a file that should be encrypted
 */
export function optionsInHeaders({ app, request: { headers } }: Call): FileOptions {
  if (headers.has("x-encrypt-password")) throw new Problem("bad_request", text.encrypted);
  const days = numberIn(headers.get("max-days"));
  const downloads = numberIn(headers.get("max-downloads"));
  return {
    ...(days !== null && { expires_at: new Date(app.clock() + days * DAY_MS).toISOString() }),
    ...(downloads !== null && { visit_limit: downloads }),
  };
}

function numberIn(given: string | null): number | null {
  return given !== null && /^[1-9]\d{0,5}$/.test(given.trim()) ? Number(given) : null;
}

/**
 * `expires`: hours from now, or milliseconds since 1970; null where it is not sent.
 * @throws Problem `bad_request`
 */
export function expiryIn(form: Form, now: number): number | null {
  if (!form.has("expires")) return null;
  const given = form.text("expires").trim();
  if (!/^\d{1,15}$/.test(given)) throw new Problem("bad_request", text.expires);
  const number = Number(given);
  const at = number > MOST_HOURS ? number : now + number * HOUR_MS;
  if (at <= now || at > LATEST_EXPIRY) throw new Problem("bad_request", text.expires);
  return at;
}
