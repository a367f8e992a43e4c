import { z } from "zod";

/** How many links an operation has changed. */
export const countSchema = z
  .strictObject({ count: z.int().describe("Number of links that were changed.") })
  .meta({ id: "Count" });
