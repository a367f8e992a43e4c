import { z } from "zod";
import { auditActions } from "../../audit/audit-actions.ts";
import { pageParameters } from "../request/page-schema.ts";

/** An entry of the audit log. */
export const auditEventSchema = z
  .strictObject({
    id: z.int(),
    at: z.iso.datetime(),
    action: z.enum(auditActions),
    actor: z
      .string()
      .nullable()
      .describe("User name at that time; `command line`: the operator; null: a visitor."),
    impersonated: z.string().nullable().describe("The user that an administrator acted as."),
    address: z.string().nullable().describe("IP address of the request."),
    resource: z.string().describe("A short code, a user name or the key of a setting."),
    details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  })
  .meta({ id: "AuditEvent" });

/** A moment, as milliseconds since 1970 UTC. */
const moment = z.iso.datetime({ offset: true }).transform((given) => Date.parse(given));

export const auditListQuery = z.strictObject({
  action: z.enum(auditActions).exactOptional(),
  actor: z
    .string()
    .exactOptional()
    .describe("User name of the actor, or of the user they acted as."),
  resource: z.string().exactOptional().describe("Short code, user name or key, exactly."),
  address: z.string().exactOptional(),
  since: moment.exactOptional().describe("The first moment."),
  until: moment.exactOptional().describe("The first moment that is left out."),
  ...pageParameters,
});

export type AuditListQuery = z.output<typeof auditListQuery>;
