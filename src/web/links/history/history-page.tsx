/** @jsxImportSource #markup */
import { COMMAND_LINE } from "../../../audit/audit-event.ts";
import type { Call, Handler } from "../../../http/call.ts";
import { ownOrigins } from "../../../http/caller/own-origins.ts";
import { zoneOf } from "../../../http/caller/zone-of.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import { readForm } from "../../../http/request/form.ts";
import { requireFields } from "../../../http/request/form-rules.ts";
import { hasJsonBody, readJsonInput } from "../../../http/request/json-body.ts";
import { json } from "../../../http/response/response.ts";
import { href, withQuery } from "../../../http/urls.ts";
import type { LinkVersion } from "../../../links/history/history.ts";
import { MAX_VERSIONS } from "../../../links/history/link-versions.ts";
import { inputContext } from "../../../links/input/link-schema.ts";
import { restorationSchema } from "../../../links/input/version-schema.ts";
import type { Link } from "../../../links/link.ts";
import type { ListedLink } from "../../../links/links.ts";
import { text as linkText } from "../../../links/text.en.ts";
import { parseInput } from "../../../parse-input.ts";
import { Problem } from "../../../problem.ts";
import { formatBytes, formatCount } from "../../../text/format.ts";
import { goTo } from "../../go-to.ts";
import { fileText } from "../../open/viewer/file-text.tsx";
import { Fact } from "../../ui/fact.tsx";
import { PageHead } from "../../ui/layout/layout.tsx";
import { type Entry, RefusalBox, showForm, submit } from "../../ui/post-form.tsx";
import { type Column, Table } from "../../ui/table.tsx";
import { Time } from "../../ui/time.tsx";
import { text as shared } from "../text.en.ts";
import { text } from "./text.en.ts";

/** Handles `/-/history/<code>`: what a link was before, and bringing it back. */
export const history = { show, restore } satisfies Record<string, Handler>;

async function show(call: Call): Promise<Response> {
  const link = await findLink(call);
  const number = call.url.searchParams.get("version");
  if (number !== null) return await showVersion(call, link, Number(number));
  if (!prefersJson(call.request)) return await showList(call, link, { values: {} });
  const versions = await call.app.links.history.of(link);
  return json({ short_code: link.shortCode, versions: versions.map(describe) }, { call });
}

async function findLink({ app, actor, params }: Call): Promise<ListedLink> {
  return await app.links.get(actor, params.shortCode ?? "");
}

/** As JSON: times as ISO 8601. */
function describe({ number, isCurrent, at, by, kind, target, content }: LinkVersion) {
  return {
    version: number,
    current: isCurrent,
    since: new Date(at).toISOString(),
    by: by === "" ? null : by,
    kind,
    ...(content === null
      ? { target }
      : {
          content: {
            name: content.name,
            type: content.type,
            size: content.size,
            sha256: content.sha256,
          },
        }),
  };
}

async function showList(call: Call, link: ListedLink, entry: Entry): Promise<Response> {
  const { shortCode } = link;
  const versions = await call.app.links.history.of(link);
  const title = text.title(shortCode);
  return await showForm(
    call,
    { title, entry, sheets: ["list.css"] },
    <>
      <PageHead title={<span class="name">{title}</span>}>
        <BackButton link={link} />
      </PageHead>
      {entry.refusal && <RefusalBox refusal={entry.refusal} />}
      <p>{text.intro(MAX_VERSIONS)}</p>
      {versions.length === 1 && <p>{text.none}</p>}
      <Table caption={title} columns={columnsFor(call, link)} rows={versions} />
    </>,
  );
}

function BackButton({ link: { shortCode } }: { link: Link }) {
  return (
    <a class="btn btn-quiet" href={href("linkPage", { shortCode })}>
      <span class="name">{shortCode}</span>
    </a>
  );
}

function columnsFor(call: Call, link: Link): readonly Column<LinkVersion>[] {
  const { heads } = text;
  return [
    { heading: heads.version, class: "text-nowrap", cell: (version) => numberOf(version) },
    { heading: heads.content, class: "link-name", cell: (version) => <Was version={version} /> },
    { heading: heads.since, cell: ({ at }) => <Time at={at} zone={zoneOf(call)} /> },
    { heading: heads.by, cell: ({ by }) => <bdi>{nameOf(by)}</bdi> },
    {
      heading: heads.actions,
      label: null,
      class: "text-nowrap",
      cell: (version) => <RowActions link={link} version={version} />,
    },
  ];
}

function numberOf({ number, isCurrent }: LinkVersion) {
  return (
    <>
      {formatCount(number)}{" "}
      {isCurrent && <span class="badge text-bg-secondary">{text.current}</span>}
    </>
  );
}

/** A destination, or name and size of a text. */
function Was({ version: { kind, target, content } }: { version: LinkVersion }) {
  return (
    <>
      <span class="name">
        {content === null ? target : text.text(content.name, formatBytes(content.size))}
      </span>
      <div class="small">{shared.kinds[kind]}</div>
    </>
  );
}

function nameOf(by: string): string {
  if (by === "") return text.unknown;
  return by === COMMAND_LINE ? text.commandLine : by;
}

interface VersionProps {
  readonly link: Link;
  readonly version: LinkVersion;
}

function RowActions({ link, version }: VersionProps) {
  const { number, content } = version;
  const { shortCode } = link;
  const address = withQuery(href("history", { shortCode }), { version: String(number) });
  return (
    <div class="page-actions">
      {content !== null && (
        <a class="btn btn-sm btn-quiet" href={address} aria-label={text.viewOf(number)}>
          {text.view}
        </a>
      )}
      <RestoreButton link={link} version={version} isSmall />
    </div>
  );
}

/** None of the current version, and of a link that only its file changes. */
function RestoreButton({
  link: { shortCode, declared },
  version: { number, isCurrent },
  isSmall = false,
}: VersionProps & { isSmall?: boolean }) {
  if (isCurrent || declared) return null;
  return (
    <form method="post" action={href("history", { shortCode })} class="d-inline">
      <button
        class={isSmall ? "btn btn-sm btn-quiet" : "btn btn-primary"}
        type="submit"
        name="version"
        value={String(number)}
        aria-label={text.restoreOf(number)}
      >
        {text.restore}
      </button>
    </form>
  );
}

async function showVersion(call: Call, link: ListedLink, number: number): Promise<Response> {
  if (!Number.isSafeInteger(number)) throw new Problem("not_found", linkText.history.noNumber);
  const version = await call.app.links.history.find(link, number);
  if (prefersJson(call.request)) return json(describe(version), { call });
  const title = text.titleOfOne(number, link.shortCode);
  const source = version.content && (await fileText(call, version.content));
  const entry = { values: {} };
  return await showForm(
    call,
    { title, entry, sheets: ["link.css", "file.css", "code.css"] },
    <>
      <PageHead title={<span class="name">{title}</span>}>
        <RestoreButton link={link} version={version} />
        <a class="btn btn-quiet" href={href("history", link)}>
          {text.back}
        </a>
      </PageHead>
      <dl class="facts">
        <Fact name={text.heads.content}>
          <Was version={version} />
        </Fact>
        <Fact name={text.heads.since}>
          <Time at={version.at} zone={zoneOf(call)} />
        </Fact>
        <Fact name={text.heads.by}>
          <bdi>{nameOf(version.by)}</bdi>
        </Fact>
      </dl>
      {version.content !== null && (source ?? <p>{text.noText}</p>)}
    </>,
  );
}

async function restore(call: Call): Promise<Response> {
  if (hasJsonBody(call.request)) {
    const { shortCode, revision } = await carryOut(call, await readJsonInput(call));
    return json({ short_code: shortCode, revision }, { call });
  }
  const form = await readForm(call);
  requireFields(call.request, form, { known: ["version"] });
  const link = await findLink(call);
  return await submit(
    call,
    async () => {
      const { shortCode, revision } = await carryOut(call, {
        version: Number(form.text("version") || Number.NaN),
      });
      if (prefersJson(call.request)) return json({ short_code: shortCode, revision }, { call });
      return goTo(call, href("history", { shortCode }), { code: "version_restored", shortCode });
    },
    (refusal) => showList(call, link, { values: {}, refusal }),
  );
}

async function carryOut(call: Call, given: unknown): Promise<Link> {
  const { app, actor, params } = call;
  const { version: number, revision } = parseInput(restorationSchema, given);
  const context = inputContext(app, ownOrigins(call), zoneOf(call));
  const restoration = { number, revision: revision ?? undefined };
  return await app.links.history.restore(actor, params.shortCode ?? "", restoration, context);
}
