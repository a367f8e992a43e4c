import { z } from "zod";
import { text } from "../text.en.ts";

export const MAX_VISIT_LIMIT = 1_000_000_000;

const MIN_CHARACTERS = 4;
const MAX_CHARACTERS = 200;

/** How API keys look: sent as a password, one is never taken for a guess. */
const API_KEY = /^t8[0-9A-Za-z]{38}$/;

export const visitLimitSchema = z
  .int({ error: () => text.visitLimit.noNumber })
  .min(1, { error: () => text.visitLimit.noNumber })
  .max(MAX_VISIT_LIMIT, { error: () => text.visitLimit.noNumber });

/** A new password of a link: any characters, taken exactly as they are. */
export const linkPasswordSchema = z
  .string({ error: () => text.input.noText })
  .refine((password) => [...password].length >= MIN_CHARACTERS, {
    error: () => text.linkPassword.tooShort(MIN_CHARACTERS),
  })
  .refine((password) => [...password].length <= MAX_CHARACTERS, {
    error: () => text.linkPassword.tooLong(MAX_CHARACTERS),
  })
  .refine((password) => !isKeyShaped(password), { error: () => text.linkPassword.looksLikeKey })
  .transform((password) => password.toWellFormed());

/** A stored hash; one from elsewhere must not ask for more memory or time than ours. Empty: no password. */
export const linkHashSchema = z
  .string()
  .regex(
    /^$|^\$argon2id\$v=19\$m=\d{1,5},t=[1-4],p=1\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,86}$/,
  );

export function isKeyShaped(password: string): boolean {
  return API_KEY.test(password);
}
