/** @jsxImportSource hono/jsx */
import type { AuditEvent } from "../../audit/audit-event.ts";
import type { Call } from "../../http/call.ts";
import { type Column, Table } from "../ui/table.tsx";
import { Time, zoneOf } from "../ui/time.tsx";
import { actionLabels, actorWords, detailWords } from "./audit-labels.ts";

interface AuditTableProps {
  readonly call: Call;
  readonly events: readonly AuditEvent[];
}

/** What was done, newest first. */
export function AuditTable({ call, events }: AuditTableProps) {
  const zone = zoneOf(call);
  const columns: readonly Column<AuditEvent>[] = [
    { heading: "When", cell: ({ at }) => <Time at={at} zone={zone} /> },
    { heading: "Who", cell: (event) => <span class="name">{actorWords(event)}</span> },
    { heading: "What", cell: (event) => <What event={event} /> },
    { heading: "From", cell: ({ address }) => address },
  ];
  return <Table caption="The record" columns={columns} rows={events} />;
}

function What({ event }: { event: AuditEvent }) {
  const { action, resource } = event;
  const details = detailWords(event);
  return (
    <>
      {actionLabels[action]}
      {resource !== "" && (
        <>
          : <span class="name fw-semibold">{resource}</span>
        </>
      )}
      {details !== "" && <div class="small name">{details}</div>}
    </>
  );
}
