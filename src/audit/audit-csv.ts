import { csvLine } from "../text/csv-line.ts";
import type { AuditEvent } from "./audit-event.ts";

/** First line of the file. Scripts read these columns by name and place: neither may change. */
export const CSV_HEADING = csvLine([
  "time",
  "actor",
  "acted_for",
  "address",
  "deed",
  "thing",
  "details",
]);

/** An event as a line of the file. */
export function auditCsvLine(event: AuditEvent): string {
  const { at, actor, impersonated, address, action, resource, details } = event;
  const time = new Date(at).toISOString();
  return csvLine([time, actor, impersonated, address, action, resource, JSON.stringify(details)]);
}
