import { isKeyShaped } from "../../links/gate/gate-input.ts";

/**
 * The API key that a request brings: as a Bearer token, in `X-Api-Key`, or as the password of Basic with any user name;
 * null: none. A password of another shape is none: it may be a link's, or a proxy's.
 */
export function presentedKey({ headers }: Pick<Request, "headers">): string | null {
  const key = headers.get("x-api-key") ?? bearerToken(headers);
  if (key !== null) return key.trim();
  const password = basicPassword(headers);
  return password !== null && isKeyShaped(password) ? password : null;
}

/** The password of Basic authentication, as UTF-8. */
export function basicPassword(headers: Headers): string | null {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(headers.get("authorization") ?? "") ?? [];
  if (encoded === undefined) return null;
  const pair = Buffer.from(encoded, "base64").toString("utf8");
  const at = pair.indexOf(":");
  return at < 0 ? null : pair.slice(at + 1);
}

function bearerToken(headers: Headers): string | null {
  return /^bearer +(\S.*)$/i.exec(headers.get("authorization") ?? "")?.[1] ?? null;
}
