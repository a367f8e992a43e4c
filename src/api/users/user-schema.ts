import { z } from "zod";
import { roles } from "../../accounts/user.ts";
import { accountSorts } from "../../accounts/user-schema.ts";
import { themeNames } from "../../config/values/themes.ts";
import { kinds } from "../../links/link.ts";
import { scopeNames } from "../../policy.ts";
import { pageParameters } from "../request/page-schema.ts";

const time = z.iso.datetime();

const common = {
  username: z.string(),
  display_name: z.string(),
  role: z.enum(roles),
  must_change_password: z.boolean().describe("Whether the password is a one-time password."),
  created_at: time,
};

/** An account as administrators see it. */
export const userSchema = z
  .strictObject({
    ...common,
    disabled: z.boolean(),
    quota: z
      .int()
      .nullable()
      .describe("Storage quota in bytes; 0: unlimited; null: the site's default."),
    links: z.int(),
    files: z.int().describe("Stored files, each counted once."),
    used_bytes: z.int(),
    last_seen_at: time.nullable(),
  })
  .meta({ id: "User" });

/** The account of the caller. */
export const meSchema = z
  .strictObject({
    ...common,
    theme: z.string().nullable().describe("Null: the site's."),
    markdown_theme: z.string().nullable().describe("Null: the site's."),
    time_zone: z.string().nullable().describe("Null: the site's."),
    quota: z.int().nullable().describe("Storage quota in bytes; null: unlimited."),
    used_bytes: z.int(),
    key: z
      .strictObject({
        id: z.int(),
        beginning: z.string().describe("Its first characters."),
        scopes: z.array(z.enum(scopeNames)),
        kinds: z.array(z.enum(kinds)).nullable().describe("Null: links of every kind."),
      })
      .nullable()
      .describe("Null: the caller has signed in."),
    impersonated_by: z.string().nullable().describe("User name of an administrator."),
  })
  .meta({ id: "Me" });

const ofSite = "Null: the site's. The account `admin` has those of the settings.";

/** What users choose for themselves: a missing field keeps its value. */
export const myChangesBody = z
  .strictObject({
    theme: z.enum(themeNames).nullable().exactOptional().describe(ofSite),
    markdown_theme: z.enum(themeNames).nullable().exactOptional().describe(ofSite),
    time_zone: z
      .string()
      .nullable()
      .exactOptional()
      .describe("A name such as `Europe/Berlin`; null: the site's."),
  })
  .meta({ id: "MyChanges" });

export type MyChangesBody = z.output<typeof myChangesBody>;

/** The sessions of the caller's account, the last used first. */
export const ownSessionsSchema = z
  .strictObject({
    items: z.array(
      z.strictObject({
        id: z.string(),
        device: z.string().describe("What the browser calls itself."),
        remember: z.boolean().describe("Whether it outlasts the browser."),
        is_current: z.boolean().describe("Whether it is that of the request."),
        created_at: time,
        last_seen_at: time,
        expires_at: time,
      }),
    ),
  })
  .meta({ id: "Sessions" });

export const userListQuery = z.strictObject({
  q: z.string().max(1000).optional().describe("What user name or display name contain."),
  sort: z.enum(accountSorts).exactOptional().describe("Default: `name`."),
  direction: z.enum(["asc", "desc"]).exactOptional(),
  ...pageParameters,
});

export type UserListQuery = z.output<typeof userListQuery>;

const displayName = z.string().nullable().describe("Null: the user name.");

export const newUserBody = z
  .strictObject({
    username: z.string(),
    password: z.string(),
    display_name: displayName.exactOptional(),
    role: z.enum(roles).exactOptional().describe("`administrator` needs a person."),
    must_change_password: z.boolean().exactOptional(),
  })
  .meta({ id: "NewUser" });

export type NewUserBody = z.output<typeof newUserBody>;

export const userChangesBody = z
  .strictObject({
    display_name: displayName.exactOptional(),
    role: z.enum(roles).exactOptional().describe("A change of it needs a person."),
    disabled: z.boolean().exactOptional(),
    quota: z
      .int()
      .nonnegative()
      .nullable()
      .exactOptional()
      .describe("Bytes; 0: unlimited; null: the site's default."),
  })
  .meta({ id: "UserChanges" });

export type UserChangesBody = z.output<typeof userChangesBody>;

export const passwordBody = z
  .strictObject({ new_password: z.string() })
  .meta({ id: "NewPassword" });

export const oneTimePasswordSchema = z
  .strictObject({ password: z.string().describe("It is shown only now.") })
  .meta({ id: "OneTimePassword" });

export const removalQuery = z.strictObject({
  links: z.enum(["transfer", "keep", "delete"]).describe("`keep`: they become yours."),
  to: z.string().min(1).optional().describe("User name of the new owner, for `transfer`."),
});

export const removedSchema = z
  .strictObject({ links: z.int().describe("How many were transferred or deleted.") })
  .meta({ id: "DeletedUser" });
