import { z } from "zod";

/** A document of OpenAPI. */
export const documentSchema = z
  .looseObject({ openapi: z.literal("3.1.1"), info: z.looseObject({}), paths: z.looseObject({}) })
  .meta({ id: "OpenApiDocument" });
