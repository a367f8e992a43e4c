import type { AuditEvent } from "./audit-event.ts";

/** The columns' names, as the first line of a file. */
export const CSV_HEADING = lineOf([
  "time",
  "actor",
  "acted_for",
  "address",
  "deed",
  "thing",
  "details",
]);

/** An event as a line of a file. */
export function csvLine({
  at,
  actor,
  actedFor,
  address,
  deed,
  thing,
  details,
}: AuditEvent): string {
  const time = new Date(at).toISOString();
  return lineOf([time, actor, actedFor, address, deed, thing, JSON.stringify(details)]);
}

/** RFC 4180. */
function lineOf(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

/** What spreadsheets would take for a formula begins with an apostrophe, which they take for text. */
function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
