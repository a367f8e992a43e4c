import { z } from "zod";
import { themeNames } from "../config/values/themes.ts";
import { canonicalZone } from "../config/values/time-zone.ts";
import { text } from "./text.en.ts";
import { isNewUsername, readDisplayName, roles } from "./user.ts";

const username = z.string().refine(isNewUsername, { error: () => text.username.invalid });

/** Null or blank: the username. */
const displayName = z
  .string()
  .transform((typed, { addIssue }) => {
    const name = readDisplayName(typed);
    if (name !== null) return name || null;
    addIssue({ code: "custom", message: text.displayName.invalid });
    return z.NEVER;
  })
  .nullable();

const role = z.enum(roles, { error: () => text.administration.chooseRole });

/** A new account. Its password is checked against its username by the operation. */
export const newUserSchema = z.strictObject({
  username,
  password: z.string(),
  displayName: displayName.exactOptional(),
  role: role.exactOptional(),
  /** Whether the password is a one-time password. */
  mustChangePassword: z.boolean().exactOptional(),
});

export type NewUserInput = z.input<typeof newUserSchema>;

/** Changes of an account by an administrator: an absent key keeps its value, null clears it. */
export const accountChangesSchema = z.strictObject({
  displayName: displayName.exactOptional(),
  role: role.exactOptional(),
  disabled: z.boolean().exactOptional(),
  /** Bytes, 0 for unlimited; null: the site's default. */
  quota: z
    .int({ error: () => text.administration.quotaInvalid })
    .nonnegative({ error: () => text.administration.quotaInvalid })
    .nullable()
    .exactOptional(),
});

export type AccountChanges = z.input<typeof accountChangesSchema>;

const theme = z.enum(themeNames, {
  error: () => text.preferences.unknownTheme,
});

const timeZone = z.string().transform((name, { addIssue }) => {
  const zone = canonicalZone(name);
  if (zone !== null) return zone;
  addIssue({ code: "custom", message: text.preferences.unknownTimeZone });
  return z.NEVER;
});

/** What users choose for themselves: an absent key keeps its value, null is the site's default. */
export const preferencesSchema = z.strictObject({
  theme: theme.nullable().exactOptional(),
  markdownTheme: theme.nullable().exactOptional(),
  /** IANA name. */
  timeZone: timeZone.nullable().exactOptional(),
});

export type Preferences = Readonly<z.output<typeof preferencesSchema>>;

/** What happens to the links of a deleted account: transferred, kept by the administrator who deletes it, or deleted. */
export const removalPlanSchema = z.discriminatedUnion(
  "links",
  [
    z.object({
      links: z.literal("transfer"),
      /** The username of the new owner. */
      to: z
        .string()
        .trim()
        .min(1, { error: () => text.removal.chooseNewOwner }),
    }),
    z.object({ links: z.literal("keep") }),
    z.object({ links: z.literal("delete") }),
  ],
  { error: () => text.removal.choosePlan },
);

export type RemovalPlan = z.output<typeof removalPlanSchema>;

export const accountSorts = [
  "name",
  "created",
  "last_seen",
  "role",
  "links",
  "files",
  "bytes",
] as const;
export type AccountSort = (typeof accountSorts)[number];

/** Which accounts, in which order, and which page of them. */
export const accountQuerySchema = z.strictObject({
  /** Searched for in the username and the display name, in any case. */
  text: z.string().exactOptional(),
  /** Default `name`. */
  sort: z.enum(accountSorts).exactOptional(),
  /** Default: names from A, administrators first, anything else from the most or the latest. */
  direction: z.enum(["asc", "desc"]).exactOptional(),
  /** From 1. One beyond the last is the last. */
  page: z.int().positive().exactOptional(),
  limit: z.int().positive(),
});

export type AccountQuery = z.infer<typeof accountQuerySchema>;
