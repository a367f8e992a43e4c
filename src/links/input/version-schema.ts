import { z } from "zod";
import { text } from "../text.en.ts";
import { linkRemovalSchema } from "./link-schema.ts";

/** Which version of a link is restored; with a revision, only if the link has not changed since. */
export const restorationSchema = linkRemovalSchema.extend({
  version: z
    .int({ error: () => text.history.noNumber })
    .min(1, { error: () => text.history.noNumber }),
});
