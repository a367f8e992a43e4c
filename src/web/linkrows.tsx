/** @jsxImportSource hono/jsx */
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
    class: "link-owner",
    heading: "Owner",
    cell: (link: ListedLink) => <span class="name">{link.owner}</span>,
  };
  return [
    { heading: "Link", class: "link-name", cell: (link) => <Name link={link} /> },
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

/** The short code with its title, and below them where it leads. */
function Name({ link: { shortCode, title, target } }: { link: ListedLink }) {
  return (
    <>
      <div class="d-flex flex-wrap column-gap-2 align-items-baseline">
        <a class="fw-semibold name" href={href("open", { shortCode })}>
          {shortCode}
        </a>
        <bdi class="one-line" title={title}>
          {title}
        </bdi>
      </div>
      <a class="one-line small" href={target} title={target}>
        {target}
      </a>
    </>
  );
}

function Badge({ standing }: { standing: Standing }) {
  switch (standing) {
    case "live":
      return <span class="standing border-success">live</span>;
    case "expired":
      return <span class="standing border-warning">expired</span>;
    case "disabled":
      return <span class="standing border-secondary">switched off</span>;
  }
}

function Actions({ link: { shortCode } }: { link: ListedLink }) {
  return (
    <div class="d-flex gap-3">
      <a href={href("editLink", { shortCode })} aria-label={`Edit ${shortCode}`}>
        Edit
      </a>
      <a href={href("deleteLink", { shortCode })} aria-label={`Delete ${shortCode}`}>
        Delete
      </a>
    </div>
  );
}
