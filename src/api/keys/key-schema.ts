import { z } from "zod";
import { kinds } from "../../links/link.ts";
import { scopeNames } from "../../policy.ts";
import { pageParameters } from "../request/page-schema.ts";

const time = z.iso.datetime();

/** An API key in answers, without its secret. */
export const keySchema = z
  .strictObject({
    id: z.int(),
    beginning: z.string().describe("Its first characters."),
    name: z.string(),
    owner: z.string().describe("User name."),
    scopes: z.array(z.enum(scopeNames)),
    kinds: z.array(z.enum(kinds)).nullable().describe("Null: links of every kind."),
    status: z.enum(["active", "expired", "revoked"]),
    created_at: time,
    expires_at: time.nullable().describe("Null: never."),
    revoked_at: time.nullable(),
    last_used: z
      .strictObject({
        at: time.describe("To about five minutes."),
        client: z.string().describe("What the program calls itself."),
        network: z.string().describe("IP address; of IPv6: the /64."),
      })
      .nullable(),
  })
  .meta({ id: "Key" });

export const newKeyBody = z
  .strictObject({
    name: z.string(),
    scopes: z.array(z.enum(scopeNames)).min(1),
    kinds: z
      .array(z.enum(kinds))
      .min(1)
      .nullable()
      .exactOptional()
      .describe("Only for scopes of links. Null: links of every kind."),
    expires_at: z.iso
      .datetime({ offset: true })
      .nullable()
      .exactOptional()
      .describe("Null: never."),
  })
  .meta({ id: "NewKey" });

export type NewKeyBody = z.output<typeof newKeyBody>;

/** A key that was created now. */
export const createdKeySchema = z
  .strictObject({ key: keySchema, secret: z.string().describe("It is shown only now.") })
  .meta({ id: "CreatedKey" });

export const keyListQuery = z.strictObject({
  all: z.boolean().default(false).describe("Those of all accounts, for administrators."),
  after: pageParameters.after,
});

export type KeyListQuery = z.output<typeof keyListQuery>;
