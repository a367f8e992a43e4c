/** @jsxImportSource hono/jsx */
import type { AuditEvent } from "../../audit/audit-event.ts";
import type { Call } from "../../http/call.ts";
import { type Column, Table } from "../ui/table.tsx";
import { Time, zoneOf } from "../ui/time.tsx";
import { actorWords, deedWords, detailWords } from "./audit-labels.ts";

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
    { heading: "What", cell: (event) => <Deed event={event} /> },
    { heading: "From", cell: ({ address }) => address },
  ];
  return <Table caption="The record" columns={columns} rows={events} />;
}

function Deed({ event }: { event: AuditEvent }) {
  const { deed, thing } = event;
  const details = detailWords(event);
  return (
    <>
      {deedWords[deed]}
      {thing !== "" && (
        <>
          : <span class="name fw-semibold">{thing}</span>
        </>
      )}
      {details !== "" && <div class="small name">{details}</div>}
    </>
  );
}
