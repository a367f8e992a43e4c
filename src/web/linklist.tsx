import type { Call } from "../http/call.ts";
import { href } from "../http/urls.ts";
import { type Standing, standingOf } from "../links/link.ts";
import type { ListedLink } from "../links/links.ts";
import { type Column, Table } from "./ui/table.tsx";
import { Time, zoneOf } from "./ui/time.tsx";

/** Links as a table; an administrator sees whose they are. */
export function LinkTable({ call, links }: { call: Call; links: readonly ListedLink[] }) {
  return <Table caption="Links, the newest first" columns={columnsFor(call)} rows={links} />;
}

function columnsFor(call: Call): Column<ListedLink>[] {
  const zone = zoneOf(call);
  const now = call.app.clock();
  const owner = {
    heading: "Owner",
    cell: (link: ListedLink) => <span class="name">{link.owner}</span>,
  };
  return [
    { heading: "Link", class: "link-name", cell: (link) => <Name link={link} /> },
    { heading: "Leads to", class: "link-target", cell: (link) => <Destination link={link} /> },
    ...(call.user?.role === "administrator" ? [owner] : []),
    { heading: "State", cell: (link) => <Badge standing={standingOf(link, now)} /> },
    { heading: "Visits", class: "count", cell: (link) => link.visits.toLocaleString("en") },
    { heading: "Created", cell: (link) => <Time at={link.createdAt} zone={zone} /> },
    {
      heading: "Expires",
      cell: ({ expiresAt }) => (expiresAt === null ? "never" : <Time at={expiresAt} zone={zone} />),
    },
    { heading: "Actions", cell: (link) => <Actions link={link} /> },
  ];
}

function Name({ link: { shortCode, title } }: { link: ListedLink }) {
  return (
    <>
      <a class="fw-semibold name" href={href("open", { shortCode })}>
        {shortCode}
      </a>
      {title !== "" && (
        <bdi class="d-block small text-body-secondary one-line" title={title}>
          {title}
        </bdi>
      )}
    </>
  );
}

function Destination({ link: { target } }: { link: ListedLink }) {
  return (
    <a class="one-line" href={target} title={target} rel="noreferrer">
      {target}
    </a>
  );
}

function Badge({ standing }: { standing: Standing }) {
  switch (standing) {
    case "live":
      return <span class="badge text-bg-success">live</span>;
    case "expired":
      return <span class="badge text-bg-warning">expired</span>;
    case "disabled":
      return <span class="badge text-bg-secondary">switched off</span>;
  }
}

function Actions({ link: { shortCode } }: { link: ListedLink }) {
  return (
    <div class="d-flex gap-2">
      <a
        class="btn btn-sm btn-outline-primary"
        href={href("editLink", { shortCode })}
        aria-label={`Edit ${shortCode}`}
      >
        Edit
      </a>
      <a
        class="btn btn-sm btn-outline-danger"
        href={href("deleteLink", { shortCode })}
        aria-label={`Delete ${shortCode}`}
      >
        Delete
      </a>
    </div>
  );
}
