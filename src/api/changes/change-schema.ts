import { z } from "zod";
import { linkFilters } from "../links/link-query-schema.ts";
import { linksLeftOut, workProblem, workState } from "../work-schema.ts";

const { tag: _, ...filters } = linkFilters;

const filter = z
  .strictObject({ ...filters, tag: z.array(z.string()).optional() })
  .describe("The filters of a list of links, as in `GET /api/v1/links`. `{}`: all links.");

const tags = z.array(z.string()).min(1);

/** A change of all links of a list. */
export const newChangeBody = z
  .discriminatedUnion("action", [
    z.strictObject({ action: z.enum(["delete", "enable", "disable"]), filter }),
    z.strictObject({
      action: z.literal("expire"),
      filter,
      expires_at: z
        .string()
        .nullable()
        .describe("A time, or how long from now such as `7d`; null: never."),
    }),
    z.strictObject({ action: z.enum(["add_tags", "remove_tags"]), filter, tags }),
    z.strictObject({
      action: z.literal("transfer"),
      filter,
      to: z.string().describe("User name of the new owner. For administrators."),
    }),
  ])
  .meta({ id: "NewChange" });

export type NewChangeBody = z.output<typeof newChangeBody>;

/** A change of many links, and how far it has come. */
export const changeSchema = z
  .strictObject({
    id: z.int(),
    state: workState,
    links: z.int().describe("Links of the list; 0 before they are counted."),
    place: z.int().describe("How many of them are done."),
    changed: z.int().describe("How many were not so already."),
    can_be_undone: z.boolean(),
    left_out: linksLeftOut,
    problem: workProblem,
    created_at: z.iso.datetime(),
  })
  .meta({ id: "Change" });
