import type { AuditEvent } from "./audit-event.ts";

/** First line of the file. Scripts read these columns by name and place: neither may change. */
export const CSV_HEADING = lineOf([
  "time",
  "actor",
  "acted_for",
  "address",
  "deed",
  "thing",
  "details",
]);

/** An event as a line of the file. */
export function csvLine(event: AuditEvent): string {
  const { at, actor, impersonated, address, action, resource, details } = event;
  const time = new Date(at).toISOString();
  return lineOf([time, actor, impersonated, address, action, resource, JSON.stringify(details)]);
}

/** Quotes as RFC 4180 has it. */
function lineOf(cells: readonly string[]): string {
  return `${cells.map(cellOf).join(",")}\r\n`;
}

/** Text that a spreadsheet would run as a formula gets an apostrophe in front, which makes it text. */
function cellOf(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
