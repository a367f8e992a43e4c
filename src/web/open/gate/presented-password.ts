import { basicPassword } from "../../../http/request/presented-key.ts";
import { isKeyShaped } from "../../../links/gate/gate-input.ts";

/**
 * The password that a program sends with its request, by `X-Link-Password` or Basic with any user name; null: none. An
 * API key is none, and never counts as a guess.
 */
export function presentedPassword({ headers }: Pick<Request, "headers">): string | null {
  const password = utf8Of(headers.get("x-link-password")) ?? basicPassword(headers);
  return password === null || isKeyShaped(password) ? null : password;
}

/** Header fields arrive as one character for each byte. */
function utf8Of(header: string | null): string | null {
  return header === null ? null : Buffer.from(header, "latin1").toString("utf8");
}
