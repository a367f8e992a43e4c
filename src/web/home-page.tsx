/** @jsxImportSource #markup */
import type { Usage } from "../files/quota.ts";
import type { Call } from "../http/call.ts";
import { isProgram, prefersJson } from "../http/request/accept.ts";
import { seeOther } from "../http/response/response.ts";
import { href, withQuery } from "../http/urls.ts";
import type { ListedLink } from "../links/links.ts";
import type { LinkTotals } from "../links/list/list-totals.ts";
import type { Report } from "../visits/reports/report.ts";
import { usualQuery } from "../visits/reports/report-query.ts";
import type { TopLink } from "../visits/reports/reports.ts";
import { ownerSubject } from "../visits/reports/subjects.ts";
import { BookmarkletHint } from "./links/bookmarklet.tsx";
import { IfExists } from "./links/existing-link.tsx";
import {
  inPortions,
  limitsOf,
  QuotaHint,
  UploadProgress,
  uploading,
} from "./links/form/file-input.tsx";
import { FormId } from "./links/form/form-token.tsx";
import { LinkTable, TABLE_SCRIPT } from "./links/list/link-table.tsx";
import { text as listText } from "./links/list/text.en.ts";
import { showHelp } from "./program-help.ts";
import { ownOnly } from "./signed-in.ts";
import { Breakdowns } from "./stats/breakdown.tsx";
import { TopLinks } from "./stats/last-visits.tsx";
import { periodOf } from "./stats/stats-view.ts";
import { text as statsText } from "./stats/text.en.ts";
import { Figures, VisitChart } from "./stats/visit-chart.tsx";
import { text } from "./text.en.ts";
import { CopyButton } from "./ui/copy-button.tsx";
import { Empty } from "./ui/empty.tsx";
import { fillText } from "./ui/fill-text.tsx";
import { show } from "./ui/layout/layout.tsx";

const NEWEST = 10;

/** Rows of each list of the visits. */
const TOP = 5;

/** `GET /`: a form to shorten a URL, and statistics; visitors are redirected as `app.home` says, and programs get help. */
export async function home(call: Call): Promise<Response> {
  if (call.user === null && isForHelp(call)) return showHelp(call);
  if (call.user === null) return seeOther(visitorsHome(call), { call });
  const { app, actor } = call;
  const { ownerId } = ownOnly(call);
  const { reports } = app.visits;
  const subject = ownerSubject(actor, ownerId);
  const [usage, { newest, totals }, report, links] = await Promise.all([
    app.files.blobs.usageOf(call.user.id),
    app.links.overview(actor, ownerId, NEWEST),
    reports.of(subject, usualQuery, { most: TOP, tables: ["referrer", "country"] }),
    reports.topLinks(subject, usualQuery, TOP),
  ]);
  return await show(
    call,
    {
      title: text.home.title,
      scripts: ["home.js", "portions.js", "upload.js", "stats.js", TABLE_SCRIPT],
      sheets: ["link.css", "stats.css", "upload.css"],
    },
    <>
      <AddBox call={call} usage={usage} />
      <div data-home-news="">
        {newest.length > 0 && <Numbers totals={totals} report={report} links={links} />}
        <Newest call={call} links={newest} />
      </div>
      <BookmarkletHint origin={call.client.origin} />
    </>,
  );
}

/** Whether a program asks, and would only be sent to the sign-in page. */
function isForHelp(call: Call): boolean {
  const { request } = call;
  if (!request.headers.has("accept") || !isProgram(request) || prefersJson(request)) return false;
  return visitorsHome(call) === href("signIn");
}

/** The sign-in page, also if `app.home` is this page. */
function visitorsHome({ settings, client }: Call): string {
  const wanted = settings["app.home"];
  const isHere = wanted === `${client.origin}/`;
  return wanted === "login" || isHere ? href("signIn") : wanted;
}

interface BoxProps {
  readonly call: Call;
  /** Storage of the user. */
  readonly usage: Usage;
}

function AddBox({ call, usage }: BoxProps) {
  return (
    <section class="mb-4">
      <h1 class="h3 mb-3">
        <label for="url">{text.home.shortenUrl}</label>
      </h1>
      <form method="post" action={href("add")} class="input-group" data-add="">
        <FormId app={call.app} />
        <IfExists asks />
        <input
          class="form-control form-control-lg"
          id="url"
          name="url"
          placeholder="https://"
          inputmode="url"
          autocomplete="off"
          autocapitalize="none"
          aria-describedby="add-result"
          autofocus
          required
        />
        <button class="btn btn-primary btn-lg" type="submit">
          {text.home.shorten}
        </button>
      </form>
      <div class="mt-3" id="add-result" role="status" data-add-result="" />
      <AddResults />
      <FileBox call={call} usage={usage} />
    </section>
  );
}

/** A link to the form for files; with scripts, a file can be dropped anywhere. */
function FileBox({ call: { app, settings }, usage }: BoxProps) {
  return (
    <>
      <p class="mb-0">
        {fillText(text.home.shareFile, {
          file: <a href={withQuery(href("add"), { link_type: "file" })}>{text.home.file}</a>,
        })}{" "}
        <span class="needs-script">{text.home.drop}</span> <QuotaHint usage={usage} />
      </p>
      <form
        method="post"
        action={href("add")}
        {...uploading}
        {...inPortions(settings)}
        data-upload="at-once"
        hidden
      >
        <FormId app={app} />
        <input type="hidden" name="link_type" value="file" />
        <input
          type="file"
          name="file"
          aria-label={text.home.fileField}
          {...limitsOf({ settings, usage, content: null })}
        />
      </form>
      <UploadProgress />
    </>
  );
}

/** Templates for the answers that assets/home.js shows. */
function AddResults() {
  return (
    <>
      <template data-add-ready="">
        <div class="callout border-success address">
          <a class="name" href={href("home")}>
            {" "}
          </a>
          <CopyButton text="" what={text.home.newShortLink} />
        </div>
      </template>
      <template data-add-exists="">
        <div class="callout border-success">
          <p class="mb-2">{text.home.exists}</p>
          <div class="address">
            <a class="name" href={href("home")}>
              {" "}
            </a>
            <CopyButton text="" what={text.home.existingShortLink} />
          </div>
          <button class="btn btn-sm btn-quiet mt-2" type="button" data-add-another="">
            {text.home.createAnother}
          </button>
        </div>
      </template>
      <template data-add-refused="">
        <p class="callout border-danger" data-add-problem="" />
      </template>
    </>
  );
}

interface NumbersProps {
  readonly totals: LinkTotals;
  readonly report: Report;
  readonly links: readonly TopLink[];
}

function Numbers({ totals, report, links }: NumbersProps) {
  const { people, machines } = report.totals;
  const title = periodOf(usualQuery);
  return (
    <section class="visits">
      <h2 class="h4">{title}</h2>
      <Figures
        counts={[
          [statsText.people, people],
          [statsText.machines, machines],
        ]}
      />
      <VisitChart title={title} report={report} />
      <Most report={report} links={links} />
      <p>
        <a href={href("stats")}>{statsText.more}</a>
      </p>
      <h2 class="h4 mt-4">{text.home.totals}</h2>
      <Figures
        counts={[
          [text.home.links, totals.links],
          [text.home.live, totals.live],
          [text.home.visits, totals.visits],
        ]}
      />
    </section>
  );
}

/** The links, referrers and countries of most visits. */
function Most({ report, links }: Omit<NumbersProps, "totals">) {
  if (links.length === 0) return null;
  return (
    <div class="row mt-3">
      <section class="col-md-4">
        <h3 class="h6">{statsText.links}</h3>
        <TopLinks links={links} people={report.totals.people} />
      </section>
      <div class="col-md-8">
        <Breakdowns view={{ path: href("stats"), query: usualQuery }} report={report} isNarrow />
      </div>
    </div>
  );
}

function Newest({ call, links }: { call: Call; links: readonly ListedLink[] }) {
  return (
    <section>
      <h2 class="h4 mb-3">{text.home.newest}</h2>
      {links.length === 0 ? (
        <Empty title={listText.none.yet}>
          <p>{text.home.firstHint}</p>
        </Empty>
      ) : (
        <>
          <LinkTable call={call} links={links} />
          <a href={href("links")}>{text.home.all}</a>
        </>
      )}
    </section>
  );
}
