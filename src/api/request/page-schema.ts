import { z } from "zod";

export const MAX_LIMIT = 100;
const DEFAULT_LIMIT = 50;

/** Parameters of every list. */
export const pageParameters = {
  limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT).describe("Items on a page."),
  after: z
    .string()
    .min(1)
    .optional()
    .describe("`next` of the page before, with the same parameters."),
};

/** The parameter that names an account. */
export const ownerParameter = {
  owner: z.string().min(1).optional().describe("User name, for administrators."),
};

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(items: Item) {
  return z.strictObject({
    items: z.array(items),
    next: z.string().nullable().describe("`after` of the next page; null on the last one."),
  });
}
