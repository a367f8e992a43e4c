/** @jsxImportSource hono/jsx */
import type { Call } from "../http/call.ts";
import { href, withQuery } from "../http/urls.ts";
import type { LinkPage } from "../links/links.ts";
import { LinkTable } from "./linkrows.tsx";
import { ownOnly } from "./signedin.ts";
import { show } from "./ui/layout.tsx";

const PAGE_SIZE = 50;

/** `GET /links`. */
export async function list(call: Call): Promise<Response> {
  const after = call.url.searchParams.get("after");
  const found = await call.app.links.list(call.actor, {
    ...ownOnly(call),
    ...(after !== null && { after }),
    limit: PAGE_SIZE,
  });
  return await show(
    call,
    { title: "Links" },
    <LinkList call={call} page={found} isFirst={after === null} />,
  );
}

interface LinkListProps {
  readonly call: Call;
  readonly page: LinkPage;
  /** Whether the page begins with the newest link. */
  readonly isFirst: boolean;
}

/** One page of links, with the way to the next. */
function LinkList({ call, page, isFirst }: LinkListProps) {
  return (
    <>
      <div class="d-flex align-items-center mb-3">
        <h1 class="h3 mb-0 me-auto">Links</h1>
        <a class="btn btn-primary" href={href("add")}>
          Add a link
        </a>
      </div>
      {page.links.length === 0 ? (
        <NoLinks isFirst={isFirst} />
      ) : (
        <LinkTable call={call} links={page.links} />
      )}
      <Pager next={page.next} isFirst={isFirst} />
    </>
  );
}

function NoLinks({ isFirst }: { isFirst: boolean }) {
  if (!isFirst) return <p class="text-center py-5">There are no older links.</p>;
  return (
    <div class="text-center py-5">
      <p class="lead">There are no links yet.</p>
      <p>Add one: paste a long address, and it gets a short one that is yours.</p>
    </div>
  );
}

function Pager({ next, isFirst }: { next: string | null; isFirst: boolean }) {
  if (isFirst && next === null) return null;
  return (
    <nav class="d-flex gap-2" aria-label="Pages">
      {!isFirst && (
        <a class="me-auto" href={href("links")}>
          Newest
        </a>
      )}
      {next !== null && (
        <a class="ms-auto" rel="next" href={withQuery(href("links"), { after: next })}>
          Older
        </a>
      )}
    </nav>
  );
}
