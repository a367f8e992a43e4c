/** @jsxImportSource #markup */
import type { Session } from "../../accounts/auth/sessions.ts";
import { href } from "../../http/urls.ts";
import { text as accounts } from "../accounts/text.en.ts";
import { type Column, Table } from "../ui/table.tsx";
import { text as shared } from "../ui/text.en.ts";
import { Time } from "../ui/time.tsx";
import { text } from "./text.en.ts";

interface SessionListProps {
  readonly sessions: readonly Session[];
  /** The session of the request. */
  readonly current: Session;
  readonly zone: string;
  /** Time of the page, in milliseconds since 1970 UTC. */
  readonly now: number;
}

/** The sessions of a user, with buttons that end them. */
export function SessionList({ sessions, current, zone, now }: SessionListProps) {
  const { device, signedIn, lastUsed } = accounts.session;
  const columns: readonly Column<Session>[] = [
    { heading: device, cell: (session) => session.device },
    { heading: signedIn, cell: ({ createdAt }) => <Time at={createdAt} zone={zone} /> },
    {
      heading: lastUsed,
      cell: ({ lastSeenAt }) => <Time at={lastSeenAt} zone={zone} now={now} />,
    },
    {
      heading: shared.actions.signOut,
      cell: (session) =>
        session.id === current.id ? (
          <strong>{text.sessions.thisDevice}</strong>
        ) : (
          <EndButton session={session} />
        ),
    },
  ];
  return (
    <>
      <Table caption={text.sessions.title} columns={columns} rows={sessions} />
      {sessions.some(({ id }) => id !== current.id) && <EndOthersButton />}
    </>
  );
}

function EndButton({ session: { id, device } }: { session: Session }) {
  return (
    <form method="post" action={href("profile")}>
      <input type="hidden" name="action" value="end_session" />
      <input type="hidden" name="session" value={id} />
      <button class="btn btn-sm btn-quiet" type="submit" aria-label={text.sessions.signOut(device)}>
        {shared.actions.signOut}
      </button>
    </form>
  );
}

function EndOthersButton() {
  return (
    <form method="post" action={href("profile")}>
      <input type="hidden" name="action" value="end_other_sessions" />
      <button class="btn btn-quiet" type="submit">
        {text.sessions.signOutOthers}
      </button>
    </form>
  );
}
