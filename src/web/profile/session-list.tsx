/** @jsxImportSource hono/jsx */
import type { Session } from "../../accounts/auth/sessions.ts";
import { href } from "../../http/urls.ts";
import { type Column, Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";

interface SessionListProps {
  readonly sessions: readonly Session[];
  /** The one that asks. */
  readonly current: Session;
  readonly zone: string;
  /** When the page is made, in milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Where somebody is signed in, and how to end it. */
export function SessionList({ sessions, current, zone, now }: SessionListProps) {
  const columns: readonly Column<Session>[] = [
    { heading: "Device", cell: ({ device }) => device },
    { heading: "Signed in", cell: ({ createdAt }) => <Time at={createdAt} zone={zone} /> },
    {
      heading: "Last used",
      cell: (session) => <Time at={session.lastSeenAt} zone={zone} now={now} />,
    },
    {
      heading: "Sign out",
      cell: (session) =>
        session.id === current.id ? <strong>This device</strong> : <EndButton session={session} />,
    },
  ];
  return (
    <>
      <Table caption="Where you are signed in" columns={columns} rows={sessions} />
      {sessions.some(({ id }) => id !== current.id) && <EndOthersButton />}
    </>
  );
}

function EndButton({ session: { id, device } }: { session: Session }) {
  return (
    <form method="post" action={href("profile")}>
      <input type="hidden" name="action" value="end_session" />
      <input type="hidden" name="session" value={id} />
      <button class="btn btn-sm btn-quiet" type="submit" aria-label={`Sign out ${device}`}>
        Sign out
      </button>
    </form>
  );
}

function EndOthersButton() {
  return (
    <form method="post" action={href("profile")}>
      <input type="hidden" name="action" value="end_other_sessions" />
      <button class="btn btn-quiet" type="submit">
        Sign out everywhere else
      </button>
    </form>
  );
}
