/** @jsxImportSource #markup */
import { type AuditDetails, type AuditEvent, COMMAND_LINE } from "../../audit/audit-event.ts";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { fillText } from "../ui/fill-text.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { text } from "./text.en.ts";

interface AuditTableProps {
  readonly call: Call;
  readonly events: readonly AuditEvent[];
}

/** Entries of the activity log, newest first. */
export function AuditTable({ call, events }: AuditTableProps) {
  const zone = zoneOf(call);
  const columns: readonly Column<AuditEvent>[] = [
    { heading: text.columns.time, cell: ({ at }) => <Time at={at} zone={zone} /> },
    { heading: text.columns.user, cell: (event) => <span class="name">{userOf(event)}</span> },
    { heading: text.columns.action, cell: (event) => <Action event={event} /> },
    { heading: text.columns.address, cell: ({ address }) => address },
  ];
  return <Table caption={text.title} columns={columns} rows={events} />;
}

function userOf({ actor, impersonated }: AuditEvent): string {
  if (actor === "") return text.notSignedIn;
  if (actor === COMMAND_LINE) return text.commandLine;
  return impersonated === "" ? actor : text.impersonating(actor, impersonated);
}

function Action({ event: { action, resource, details } }: { event: AuditEvent }) {
  const label = text.actions[action];
  const target = <span class="name fw-semibold">{resource}</span>;
  const described = describeDetails(details);
  return (
    <>
      {resource === "" ? label : fillText(text.on(label), { target })}
      {described !== "" && <div class="small name">{described}</div>}
    </>
  );
}

/** Details in a row: `number of links: 3, to: alice`. */
function describeDetails(details: AuditDetails): string {
  return Object.entries(details)
    .map(([name, value]) => text.detail(text.details[name] ?? name, formatValue(value)))
    .join(", ");
}

function formatValue(value: AuditDetails[string]): string {
  if (value === null) return text.none;
  if (typeof value === "boolean") return value ? text.yes : text.no;
  return String(value);
}
