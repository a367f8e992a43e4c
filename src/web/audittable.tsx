/** @jsxImportSource hono/jsx */
import type { AuditEvent } from "../audit/event.ts";
import type { Call } from "../http/call.ts";
import { actorWords, deedWords, detailWords } from "./auditwords.ts";
import { type Column, Table } from "./ui/table.tsx";
import { Time, zoneOf } from "./ui/time.tsx";

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
    { heading: "What", cell: ({ deed }) => deedWords[deed] },
    { heading: "Of what", cell: ({ thing }) => <span class="name">{thing}</span> },
    { heading: "Details", cell: (event) => <span class="name">{detailWords(event)}</span> },
    { heading: "From", cell: ({ address }) => <span class="name">{address}</span> },
  ];
  return <Table caption="The record" columns={columns} rows={events} />;
}
