import { z } from "zod";
import { scopesOf } from "../../policy.ts";
import { operation } from "../operation.ts";
import { pageOf, pageParameters } from "../request/page-schema.ts";
import { listAuditEvents, listOwnAuditEvents } from "./audit-events.ts";
import { auditEventSchema, auditListQuery } from "./audit-schema.ts";

/** Operations on the audit log. */
export const auditOperations = {
  apiAudit: {
    GET: operation({
      name: "listAuditEvents",
      doc: "List entries of the audit log, newest first.",
      scopes: scopesOf["audit.list"],
      query: auditListQuery,
      answers: { 200: { doc: "A page.", schema: pageOf(auditEventSchema), headers: ["Link"] } },
      answer: (call, { query }) => listAuditEvents(call, query),
    }),
  },
  apiOwnAudit: {
    GET: operation({
      name: "listOwnAuditEvents",
      doc: "List your activity, and actions on your account and links, newest first, without the addresses of others.",
      scopes: scopesOf["user.change_preferences"],
      query: z.strictObject(pageParameters),
      answers: { 200: { doc: "A page.", schema: pageOf(auditEventSchema), headers: ["Link"] } },
      answer: (call, { query }) => listOwnAuditEvents(call, query),
    }),
  },
};
