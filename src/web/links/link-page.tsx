/** @jsxImportSource #markup */

import { isInert } from "../../files/media/media-type.ts";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { href, withQuery } from "../../http/urls.ts";
import type { FileSum } from "../../links/files/link-file.ts";
import { type Content, type Link, mayHaveFiles, statusOf } from "../../links/link.ts";
import type { ListedLink } from "../../links/links.ts";
import { declaringFile } from "../../links/rows/declared.ts";
import { isAdministrator } from "../../policy.ts";
import { formatBytes } from "../../text/format.ts";
import { linkSubject } from "../../visits/reports/subjects.ts";
import { previewSource } from "../open/previews.ts";
import { FileFacts, Picture } from "../open/viewer/file-facts.tsx";
import { Breakdowns, TOP } from "../stats/breakdown.tsx";
import { linkStatsView, periodOf } from "../stats/stats-view.ts";
import { text as statsText } from "../stats/text.en.ts";
import { isEmpty, ReportFigures, VisitChart } from "../stats/visit-chart.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { DialogLink } from "../ui/dialog.tsx";
import { Empty } from "../ui/empty.tsx";
import { Fact } from "../ui/fact.tsx";
import { fillText } from "../ui/fill-text.tsx";
import { Icon } from "../ui/icon.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { text as shared } from "../ui/text.en.ts";
import { Time } from "../ui/time.tsx";
import { EmbedFact } from "./embed-fact.tsx";
import { PagePreview } from "./page-preview.tsx";
import { QrCode } from "./qr-page.tsx";
import { tagLinks } from "./tag-links.ts";
import { text } from "./text.en.ts";
import { TransferForm } from "./transfer-form.tsx";

interface Shown {
  readonly call: Call;
  readonly link: ListedLink;
}

/** `GET /-/links/<code>`: details and statistics of one link. */
export async function linkPage(call: Call): Promise<Response> {
  const link = await call.app.links.get(call.actor, call.params.shortCode ?? "");
  const visits = await VisitPanel({ call, link });
  const files = mayHaveFiles(link) ? await call.app.links.files.sum(link.id) : null;
  const original = await originalOf(call, link);
  return await show(
    call,
    { title: link.shortCode, sheets: ["link.css", "stats.css"], scripts: ["draft.js", "stats.js"] },
    <>
      <PageHead title={<span class="name">{link.title || link.shortCode}</span>}>
        {!link.declared && <Actions link={link} />}
      </PageHead>
      <div class="row gy-4">
        <div class="col-md-8">
          <ShortLink call={call} link={link} />
          <FilePanel call={call} link={link} />
          <PagePreview link={link} source={await previewSource(call, link)} />
          <Facts call={call} link={link} files={files} original={original} />
        </div>
        <div class="col-md-4">
          <QrCode shortCode={link.shortCode} />
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
        <Icon name="pencil" /> {shared.actions.edit}
      </a>
      <DialogLink class="btn btn-quiet" href={href("deleteLink", { shortCode })}>
        <Icon name="trash" /> {shared.actions.delete}
      </DialogLink>
    </>
  );
}

function ShortLink({ call, link: { shortCode } }: Shown) {
  const address = call.client.origin + href("open", { shortCode });
  return (
    <div class="address">
      <a class="name" href={address}>
        {address}
      </a>
      <CopyButton text={address} what={text.shortLink} />
    </div>
  );
}

/** A file's picture, and while the link is live, the viewer and the download. */
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
            <Icon name="eye" /> {shared.actions.view}
          </a>
          <a class="btn btn-quiet" href={withQuery(href("open", { shortCode }), { download: "1" })}>
            <Icon name="download" /> {shared.actions.download}
          </a>
        </div>
      )}
    </div>
  );
}

interface FactsProps extends Shown {
  /** Of a collection. */
  readonly files: FileSum | null;
  /** SHA-256 of an image as it was sent, if metadata were removed from it. */
  readonly original: string | null;
}

/** Properties of a link, in the order in which people look for them. */
function Facts({ call, link, files, original }: FactsProps) {
  const zone = zoneOf(call);
  return (
    <dl class="facts">
      {link.kind === "redirect" && (
        <Fact name={text.facts.destination}>
          <a class="name" href={link.target}>
            {link.target}
          </a>
        </Fact>
      )}
      {files && (files.count > 0 || link.kind === "collection") && (
        <FilesFact link={link} files={files} />
      )}
      {link.content && <FileFacts content={link.content} original={original} />}
      {link.content && link.kind === "file" && (
        <Fact name={text.facts.opening}>{openingOf(link, link.content)}</Fact>
      )}
      <Fact name={shared.labels.status}>
        <Status call={call} link={link} />
      </Fact>
      <OptionFacts link={link} />
      <EmbedFact call={call} link={link} />
      {link.title !== "" && (
        <Fact name={text.facts.shortCode}>
          <span class="name">{link.shortCode}</span>
        </Fact>
      )}
      {link.tags.length > 0 && <Fact name={text.facts.tags}>{tagLinks(link.tags)}</Fact>}
      {link.note !== "" && (
        <Fact name={text.facts.note}>
          <div class="name note">{link.note}</div>
        </Fact>
      )}
      {isAdministrator(call.actor) && (
        <Fact name={shared.labels.owner}>
          <a class="name" href={href("user", { username: link.owner })}>
            {link.owner}
          </a>
          {!link.declared && <TransferForm link={link} />}
        </Fact>
      )}
      {link.declared && (
        <Fact name={text.facts.declaredIn}>
          {fillText(text.facts.declared, {
            file: <span class="name">{declaringFile(link.owner)}</span>,
          })}
        </Fact>
      )}
      <Fact name={shared.labels.created}>
        <Time at={link.createdAt} zone={zone} />
      </Fact>
      {link.updatedAt !== link.createdAt && <Updated link={link} zone={zone} />}
    </dl>
  );
}

/** Number and size of the files of a link that has several; of an HTML page, beside it. */
function FilesFact({
  link: { shortCode, declared },
  files: { count, bytes },
}: {
  readonly link: Link;
  readonly files: FileSum;
}) {
  return (
    <Fact name={text.facts.files}>
      {text.files(count, formatBytes(bytes))}{" "}
      {!declared && <a href={href("linkFiles", { shortCode })}>{text.changeFiles}</a>}
    </Fact>
  );
}

function Updated({ link, zone }: { link: Link; zone: string }) {
  return (
    <Fact name={text.facts.updated}>
      <Time at={link.updatedAt} zone={zone} />{" "}
      {link.kind !== "file" && link.kind !== "collection" && (
        <a href={href("history", link)}>{text.history}</a>
      )}
    </Fact>
  );
}

/** The SHA-256 of an image as it was sent, if metadata were removed from it. */
async function originalOf({ app }: Call, { content }: Link): Promise<string | null> {
  if (content === null || !content.type.startsWith("image/")) return null;
  return await app.files.removedMetadata.findOriginal(content.blobId);
}

function OptionFacts({ link }: { link: Link }) {
  return (
    <>
      {link.kind === "redirect" && (
        <Fact name={text.facts.redirectType}>{text.redirectTypes[link.redirectStatus]}</Fact>
      )}
      {link.aliases.length > 0 && (
        <Fact name={text.facts.aliases}>
          <span class="name">{link.aliases.join(" ")}</span>
        </Fact>
      )}
      {link.forwardQuery !== null && link.kind === "redirect" && (
        <Fact name={text.facts.forwardQuery}>
          {text.forwardQuery[link.forwardQuery ? "on" : "off"]}
        </Fact>
      )}
      {link.visitLimit !== null && (
        <Fact name={text.facts.visitLimit}>
          {text.visitsLeft(link.visitsLeft ?? 0, link.visitLimit)}
        </Fact>
      )}
      {link.passwordHash !== "" && (
        <Fact name={text.facts.password}>{text.wrongPasswords(link.wrongPasswords)}</Fact>
      )}
      {link.fallbackUrl !== "" && (
        <Fact name={text.facts.fallback}>
          <a class="name" href={link.fallbackUrl}>
            {link.fallbackUrl}
          </a>
        </Fact>
      )}
    </>
  );
}

function openingOf({ inline }: Link, { type }: Content): string {
  if (!inline) return text.opening.download;
  return isInert(type) ? text.opening.inline : text.opening.notShowable(type);
}

function Status({ call, link }: Shown) {
  const status = statusOf(link, call.app.clock());
  const { startsAt, expiresAt } = link;
  if (status === "scheduled" && startsAt !== null) {
    const time = <Time at={startsAt} zone={zoneOf(call)} />;
    return <>{fillText(text.status.liveFrom, { time })}</>;
  }
  if (expiresAt === null || status === "disabled" || status === "limit_reached")
    return text.statuses[status];
  return (
    <>
      {fillText(status === "live" ? text.status.liveUntil : text.status.expired, {
        time: <Time at={expiresAt} zone={zoneOf(call)} />,
      })}
    </>
  );
}

/** The visits of thirty days; the rest is in the link's statistics. */
async function VisitPanel({ call, link }: Shown) {
  const view = linkStatsView(link.shortCode);
  const subject = linkSubject(call.actor, link);
  const report = await call.app.visits.reports.of(subject, view.query, { most: TOP });
  const title = periodOf(view.query);
  return (
    <section class="visits">
      <div class="page-head">
        <h2 class="h4 mb-0">{title}</h2>
        <a class="btn btn-sm btn-quiet" href={view.path}>
          <Icon name="bar-chart" /> {statsText.more}
        </a>
      </div>
      {isEmpty(report) ? (
        <Empty title={statsText.empty.title} />
      ) : (
        <>
          <ReportFigures report={report} />
          <VisitChart title={title} report={report} />
          <Breakdowns view={view} report={report} />
        </>
      )}
    </section>
  );
}
