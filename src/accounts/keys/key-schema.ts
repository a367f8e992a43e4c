import { z } from "zod";
import { kinds } from "../../links/link.ts";
import { type Scope, scopeNames } from "../../policy.ts";
import { text } from "../text.en.ts";

const MAX_NAME = 60;

const name = z
  .string()
  .transform((typed) => typed.trim().toWellFormed())
  .refine(
    (trimmed) => trimmed !== "" && [...trimmed].length <= MAX_NAME && !/\p{Cc}/u.test(trimmed),
    { error: () => text.key.nameInvalid },
  );

/** Scopes about single links, so that a key with them can be for some kinds only. */
const linkScopes: readonly Scope[] = ["links:read", "links:write", "links:create", "files:create"];

/** A new API key. That its owner may have its scopes is checked by the operation. */
export const newKeySchema = z
  .strictObject({
    name,
    scopes: z
      .array(z.enum(scopeNames, { error: () => text.key.unknownScope }))
      .min(1, { error: () => text.key.chooseScope })
      .readonly(),
    /** Null: of every kind. */
    kinds: z
      .array(z.enum(kinds))
      .min(1, { error: () => text.key.chooseKind })
      .readonly()
      .nullable()
      .exactOptional(),
    /** Milliseconds since 1970 UTC; null: never. */
    expiresAt: z
      .int({ error: () => text.key.expiryInvalid })
      .nullable()
      .exactOptional(),
  })
  .refine(
    ({ scopes, kinds: some }) => !some || scopes.every((scope) => linkScopes.includes(scope)),
    { path: ["kinds"], error: () => text.key.kindsOnlyOfLinks },
  );

export type NewKeyInput = z.input<typeof newKeySchema>;
