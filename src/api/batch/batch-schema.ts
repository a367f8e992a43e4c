import { z } from "zod";
import { linkChangesBody, linkSchema, newLinkBody } from "../links/link-schema.ts";
import { problemSchema } from "../problem-schema.ts";
import { type BodyReader, jsonBody } from "../request/body.ts";

/** Most operations of a batch. */
const MOST_OPERATIONS = 1000;

const MAX_BYTES = 4_194_304;

const link = z.string().describe("Short code or alias of the link.");

const withoutContent = { content: true, find_if_exists: true } as const;

const newLinkFields = newLinkBody.omit(withoutContent);
const changedFields = linkChangesBody.omit({ content: true });

/** What an operation may say of a new link, and of a link that it changes: all of it may be missing. */
export const fieldsOf = {
  create: newLinkFields.partial(),
  change: changedFields.partial(),
} as const;

const deletion = z
  .strictObject({
    op: z.literal("delete"),
    link,
    revision: z.int().min(1).optional().describe("Another one is refused (409)."),
  })
  .meta({ id: "DeleteOperation" });

const mode = z
  .enum(["all", "each"])
  .describe(
    "`all`: in one transaction; a refused operation refuses the batch. `each`: one after the other, each for itself.",
  );

const creation = z
  .strictObject({ op: z.literal("create"), ...newLinkFields.shape })
  .meta({ id: "CreateOperation" });

const change = z
  .strictObject({ op: z.literal("change"), link, ...changedFields.shape })
  .meta({ id: "ChangeOperation" });

const documented = z
  .strictObject({
    mode,
    operations: z
      .array(z.union([creation, change, deletion]))
      .min(1)
      .max(MOST_OPERATIONS),
  })
  .meta({ id: "Batch" });

/** The domain checks the fields of links. */
const read = z.strictObject({
  mode,
  operations: z
    .array(
      z.discriminatedUnion("op", [
        z.looseObject({ op: z.literal("create") }),
        z.looseObject({ op: z.literal("change"), link }),
        deletion,
      ]),
    )
    .min(1)
    .max(MOST_OPERATIONS),
});

export type Batch = z.output<typeof read>;
export type BatchOperation = Batch["operations"][number];

export const batchBody: BodyReader<Batch> = {
  ...jsonBody(read, MAX_BYTES),
  schema: documented,
};

export const batchResults = z
  .strictObject({
    results: z
      .array(
        z.strictObject({
          status: z.int().describe("As the operation by itself would answer."),
          link: linkSchema.optional().describe("What was created or changed."),
          problem: problemSchema.optional(),
        }),
      )
      .describe("In the order of the operations."),
  })
  .meta({ id: "BatchResults" });
