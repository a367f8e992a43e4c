import { z } from "zod";
import { statusOf } from "../http/response/problem-response.ts";

const codes = Object.keys(statusOf) as (keyof typeof statusOf)[];

const errorSchema = z.strictObject({
  pointer: z
    .string()
    .optional()
    .describe("The field of the body as a JSON pointer (RFC 6901) in a fragment: `#/target`."),
  parameter: z.string().optional().describe("Or the parameter of the query."),
  detail: z.string(),
});

/** A problem in answers. */
export const problemSchema = z
  .strictObject({
    type: z
      .string()
      .describe("`about:blank`: what the status says. Else a URI that names the problem."),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("What is wrong, for people."),
    instance: z.string(),
    code: z.enum(codes).describe("What is wrong, for programs."),
    request_id: z.string().describe("Identifies the request in the log."),
    errors: z.array(errorSchema).optional(),
    scope: z.string().optional().describe("The scope that the key lacks."),
    "violated-policies": z
      .array(z.string())
      .optional()
      .describe("The rate limits that are exceeded."),
    current: z.looseObject({}).optional().describe("What is stored now."),
  })
  .meta({ id: "Problem", description: "RFC 9457." });
