/** @jsxImportSource #markup */
import type { AuditPage } from "../../audit/audit.ts";
import type { Call, Handler } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { downloadCsv } from "../../http/response/download.ts";
import { href } from "../../http/urls.ts";
import { Empty } from "../ui/empty.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { Pager } from "../ui/list/pager.tsx";
import { AuditFilterForm } from "./audit-filter.tsx";
import { AuditTable } from "./audit-table.tsx";
import { type AuditView, auditAddress, filterOf, readAuditView } from "./audit-view.ts";
import { text } from "./text.en.ts";

/** The activity log: of all users, as a CSV file, and of the caller. */
export const audit = { list, csv, own } satisfies Record<string, Handler>;

const PAGE_SIZE = 50;

async function list(call: Call): Promise<Response> {
  const { app, actor, url } = call;
  const view = readAuditView(url.searchParams);
  const page = await app.audit.list(actor, filterOf(view, zoneOf(call)), termsOf(view));
  return await show(
    call,
    { title: text.title, sheets: ["list.css"] },
    <>
      <PageHead title={text.title}>
        <a class="btn btn-quiet" href={auditAddress("auditCsv", { ...view, after: null })}>
          {text.downloadCsv}
        </a>
      </PageHead>
      <AuditFilterForm view={view} />
      <Entries call={call} view={view} page={page} at="audit" />
    </>,
  );
}

function csv(call: Call): Response {
  const filter = filterOf(readAuditView(call.url.searchParams), zoneOf(call));
  const lines = call.app.audit.exportCsv(call.actor, filter);
  return downloadCsv(lines, { call, name: "audit-log.csv" });
}

async function own(call: Call): Promise<Response> {
  const { after } = readAuditView(call.url.searchParams);
  const view = { ...readAuditView(new URLSearchParams()), after };
  const page = await call.app.audit.ownOf(call.actor, termsOf(view));
  return await show(
    call,
    { title: text.own.title, sheets: ["list.css"] },
    <>
      <PageHead title={text.own.title}>
        <a class="btn btn-quiet" href={href("profile")}>
          {text.own.profile}
        </a>
      </PageHead>
      <p>{text.own.explanation}</p>
      <Entries call={call} view={view} page={page} at="ownAudit" />
    </>,
  );
}

function termsOf({ after }: AuditView) {
  return { limit: PAGE_SIZE, ...(after !== null && { after }) };
}

interface EntriesProps {
  readonly call: Call;
  readonly view: AuditView;
  readonly page: AuditPage;
  readonly at: "audit" | "ownAudit";
}

/** The way back from older entries is the first page, since the log grows at that end. */
function Entries({ call, view, page: { events, next }, at }: EntriesProps) {
  if (events.length === 0) return <NoneFound at={at} />;
  const newest = view.after === null ? null : auditAddress(at, { ...view, after: null });
  const older = next === null ? null : auditAddress(at, { ...view, after: next });
  return (
    <>
      <AuditTable call={call} events={events} />
      <Pager previous={newest} next={older} labels={{ previous: text.newest, next: text.older }} />
    </>
  );
}

function NoneFound({ at }: Pick<EntriesProps, "at">) {
  return (
    <Empty title={text.noneFound}>
      <a href={href(at)}>{text.showAll}</a>
    </Empty>
  );
}
