import { z } from "zod";
import { kinds, linkStatuses } from "../../links/link.ts";
import { directions, linkSorts, tagModes } from "../../links/list/list-query.ts";
import { MAX_TAGS, splitTags } from "../../links/tags/tag-names.ts";
import { text as linkText } from "../../links/text.en.ts";
import { pageParameters } from "../request/page-schema.ts";

/** The filters of a list of links. */
export const linkFilters = {
  q: z
    .string()
    .max(1000)
    .optional()
    .describe(
      "Words that short code, destination, file name, title or note contain. A short URL of this site finds its link.",
    ),
  kind: z.enum(kinds).optional(),
  status: z.enum(linkStatuses).optional(),
  tag: z
    .array(z.string())
    .transform((given) => given.flatMap(splitTags))
    .refine((tags) => tags.length <= MAX_TAGS, { error: () => linkText.tags.tooMany(MAX_TAGS) })
    .optional()
    .describe("Repeated, or with commas between the names."),
  tags: z.enum(tagModes).optional().describe("How many of the tags a link has. Default: `all`."),
  owner: z
    .string()
    .optional()
    .describe("User name, for administrators. Others get their own links."),
};

export const linkListQuery = z.strictObject({
  ...linkFilters,
  sort: z.enum(linkSorts).optional().describe("Default: `created`."),
  direction: z.enum(directions).optional(),
  ...pageParameters,
});

export type LinkListQuery = z.output<typeof linkListQuery>;
