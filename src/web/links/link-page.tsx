/** @jsxImportSource hono/jsx */
import type { Call } from "../../http/call.ts";
import { href, withQuery } from "../../http/urls.ts";
import { type Link, statusOf } from "../../links/link.ts";
import { declaringFile } from "../../links/link-rows.ts";
import type { ListedLink } from "../../links/links.ts";
import { isAdministrator } from "../../policy.ts";
import { formatCount } from "../../text/format.ts";
import type { Period } from "../../visits/reports/reports.ts";
import { FileFacts, Picture } from "../open/file-facts.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { DialogLink } from "../ui/dialog.tsx";
import { Fact } from "../ui/fact.tsx";
import { Icon } from "../ui/icon.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { Time, zoneOf } from "../ui/time.tsx";
import { redirectWords } from "./link-labels.ts";
import { PagePreview } from "./page-preview.tsx";
import { GiveForm } from "./transfer-form.tsx";
import { Figures, OriginLists, sumOf, VisitChart } from "./visit-chart.tsx";

interface Shown {
  readonly call: Call;
  readonly link: ListedLink;
}

/** `GET /-/links/<code>`: everything about one link. */
export async function linkPage(call: Call): Promise<Response> {
  const link = await call.app.links.get(call.actor, call.params.shortCode ?? "");
  const visits = await VisitPanel({ call, link });
  return await show(
    call,
    { title: link.shortCode, sheets: ["link.css"], scripts: ["draft.js"] },
    <>
      <PageHead title={<span class="name">{link.title || link.shortCode}</span>}>
        {!link.declared && <Actions link={link} />}
      </PageHead>
      <div class="row g-4">
        <div class="col-md-8">
          <Address call={call} link={link} />
          <FilePanel call={call} link={link} />
          <PagePreview link={link} />
          <Facts call={call} link={link} />
        </div>
        <div class="col-md-4">
          <QrCard link={link} />
        </div>
      </div>
      {visits}
    </>,
  );
}

function Actions({ link: { shortCode } }: { link: Link }) {
  return (
    <>
      <a class="btn btn-primary" href={href("editLink", { shortCode })}>
        <Icon name="pencil" /> Edit
      </a>
      <DialogLink class="btn btn-quiet" href={href("deleteLink", { shortCode })}>
        <Icon name="trash" /> Delete
      </DialogLink>
    </>
  );
}

function Address({ call, link: { shortCode } }: Shown) {
  const address = call.client.origin + href("open", { shortCode });
  return (
    <div class="address">
      <a class="name" href={address}>
        {address}
      </a>
      <CopyButton text={address} what="the address" />
    </div>
  );
}

/** A file's picture, and what can be done with it; what does not stand can be seen by nobody. */
function FilePanel({ call, link }: Shown) {
  const { content, kind, shortCode } = link;
  if (content === null || kind !== "file") return null;
  const isLive = statusOf(link, call.app.clock()) === "live";
  return (
    <div class="file-panel">
      <Picture link={link} content={content} />
      {isLive && (
        <div class="page-actions">
          <a class="btn btn-quiet" href={href("view", { shortCode })}>
            <Icon name="eye" /> View
          </a>
          <a class="btn btn-quiet" href={withQuery(href("open", { shortCode }), { download: "1" })}>
            <Icon name="download" /> Download
          </a>
        </div>
      )}
    </div>
  );
}

/** What is known of a link, in the order in which one asks. */
function Facts({ call, link }: Shown) {
  const zone = zoneOf(call);
  return (
    <dl class="facts">
      {link.kind === "redirect" && (
        <Fact name="Leads to">
          <a class="name" href={link.target}>
            {link.target}
          </a>
        </Fact>
      )}
      {link.content && <FileFacts content={link.content} />}
      <Fact name="State">
        <StatusText call={call} link={link} />
      </Fact>
      {link.kind === "redirect" && (
        <Fact name="Redirect">{redirectWords.get(link.redirectStatus)}</Fact>
      )}
      {link.title !== "" && (
        <Fact name="Short code">
          <span class="name">{link.shortCode}</span>
        </Fact>
      )}
      {link.note !== "" && (
        <Fact name="Note">
          <div class="name note">{link.note}</div>
        </Fact>
      )}
      {isAdministrator(call.actor) && (
        <Fact name="Owner">
          <a class="name" href={href("user", { username: link.owner })}>
            {link.owner}
          </a>
          {!link.declared && <GiveForm link={link} />}
        </Fact>
      )}
      {link.declared && (
        <Fact name="Declared in">
          <span class="name">{declaringFile(link.owner)}</span>, where it is changed and removed
        </Fact>
      )}
      <Fact name="Created">
        <Time at={link.createdAt} zone={zone} />
      </Fact>
      {link.updatedAt !== link.createdAt && (
        <Fact name="Changed">
          <Time at={link.updatedAt} zone={zone} />
        </Fact>
      )}
    </dl>
  );
}

function StatusText({ call, link }: Shown) {
  const status = statusOf(link, call.app.clock());
  const { expiresAt } = link;
  const expiry = expiresAt !== null && <Time at={expiresAt} zone={zoneOf(call)} />;
  switch (status) {
    case "live":
      return <>Live {expiry && <>until {expiry}</>}</>;
    case "expired":
      return <>Expired since {expiry}</>;
    case "disabled":
      return "Switched off: it answers nobody";
  }
}

const QR_PIXELS = 1024;

function QrCard({ link: { shortCode } }: { link: Link }) {
  const address = (format: "svg" | "png") => href("qr", { shortCode, format });
  return (
    <div class="qr">
      <img src={address("svg")} width="240" height="240" alt={`QR code of ${shortCode}`} />
      <div class="page-actions">
        <Download href={withQuery(address("svg"), { download: "1" })} format="SVG" />
        <Download
          href={withQuery(address("png"), { size: String(QR_PIXELS), download: "1" })}
          format="PNG"
        />
      </div>
    </div>
  );
}

function Download({ href: address, format }: { href: string; format: string }) {
  return (
    <a class="btn btn-sm btn-quiet" href={address} aria-label={`Download the QR code as ${format}`}>
      <Icon name="download" /> {format}
    </a>
  );
}

async function VisitPanel({ call, link }: Shown) {
  const { app, actor, url } = call;
  const zone = zoneOf(call);
  const period: Period = url.searchParams.get("period") === "all" ? "all" : "month";
  const [timeline, origins] = await Promise.all([
    app.reports.ofLink(actor, link, period, zone),
    app.reports.originsOf(actor, link, period, zone),
  ]);
  const { people, machines } = sumOf(timeline);
  const title = period === "all" ? "Visits of all time" : "Visits of the last 30 days";
  return (
    <section class="visits">
      <div class="page-head">
        <h2 class="h4 mb-0">{title}</h2>
        <Periods link={link} period={period} />
      </div>
      <Figures
        counts={[
          ["By people", formatCount(people)],
          ["By bots and previews", formatCount(machines)],
          ["Since the beginning", formatCount(link.visits)],
        ]}
      />
      <VisitChart title={title} timeline={timeline} zone={zone} />
      {people > 0 && <OriginLists origins={origins} />}
    </section>
  );
}

function Periods({ link: { shortCode }, period }: { link: Link; period: Period }) {
  const page = href("linkPage", { shortCode });
  return (
    <nav class="page-actions" aria-label="Period">
      <PeriodLink href={page} isShown={period === "month"} words="30 days" />
      <PeriodLink
        href={withQuery(page, { period: "all" })}
        isShown={period === "all"}
        words="All time"
      />
    </nav>
  );
}

interface PeriodLinkProps {
  readonly href: string;
  readonly isShown: boolean;
  readonly words: string;
}

function PeriodLink({ href: address, isShown, words }: PeriodLinkProps) {
  return (
    <a class="btn btn-sm btn-quiet" href={address} aria-current={isShown ? "true" : undefined}>
      {words}
    </a>
  );
}
