import { scopesOf } from "../../policy.ts";
import { operation } from "../operation.ts";
import { pageOf } from "../request/page-schema.ts";
import { listAuditEvents } from "./audit-events.ts";
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
};
