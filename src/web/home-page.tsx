/** @jsxImportSource hono/jsx */
import type { Call } from "../http/call.ts";
import { seeOther } from "../http/response/response.ts";
import { href, withQuery } from "../http/urls.ts";
import type { ListedLink } from "../links/links.ts";
import { formatCount } from "../text/format.ts";
import { limitsOf, UploadProgress, uploading } from "./links/form/file-input.tsx";
import { FormId } from "./links/form/form-token.tsx";
import { LinkTable } from "./links/list/link-table.tsx";
import { Figures, sumOf, VisitChart } from "./links/visit-chart.tsx";
import { ownOnly } from "./signed-in.ts";
import { CopyButton } from "./ui/copy-button.tsx";
import { Empty } from "./ui/empty.tsx";
import { show } from "./ui/layout/layout.tsx";
import { zoneOf } from "./ui/time.tsx";

const NEWEST = 10;

/** `GET /`: the quickest way to add a link, and what became of the others; strangers go where `app.home` says. */
export async function home(call: Call): Promise<Response> {
  if (call.user === null) return seeOther(strangersHome(call), { call });
  const { app, actor } = call;
  const own = ownOnly(call);
  const [{ links }, numbers] = await Promise.all([
    app.links.list(actor, { ...own, limit: NEWEST }),
    Numbers({ call, ownerId: own.ownerId }),
  ]);
  return await show(
    call,
    { title: "Home", scripts: ["home.js", "upload.js"], sheets: ["link.css", "upload.css"] },
    <>
      <AddBox call={call} />
      <div data-home-news="">
        {links.length > 0 && numbers}
        <Newest call={call} links={links} />
      </div>
    </>,
  );
}

/** The sign-in page, also where `app.home` is this very page. */
function strangersHome({ settings, client }: Call): string {
  const wanted = settings["app.home"];
  const isHere = wanted === `${client.origin}/`;
  return wanted === "login" || isHere ? href("signIn") : wanted;
}

function AddBox({ call }: { call: Call }) {
  return (
    <section class="mb-4">
      <h1 class="h3 mb-3">
        <label for="url">Shorten an address</label>
      </h1>
      <form method="post" action={href("add")} class="input-group" data-add="">
        <FormId app={call.app} />
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
          Shorten
        </button>
      </form>
      <div class="mt-3" id="add-result" role="status" data-add-result="" />
      <AddAnswers />
      <FileBox call={call} />
    </section>
  );
}

/** The way to a link that is a file; with scripts, dropping one anywhere is enough. */
function FileBox({ call: { app, settings } }: { call: Call }) {
  return (
    <>
      <p class="mb-0">
        Or share <a href={withQuery(href("add"), { link_type: "file" })}>a file</a>
        <span class="needs-script">: drop it on this page, or paste a picture</span>.
      </p>
      <form method="post" action={href("add")} {...uploading} data-upload="at-once" hidden>
        <FormId app={app} />
        <input type="hidden" name="link_type" value="file" />
        <input type="file" name="file" aria-label="File" {...limitsOf(settings)} />
      </form>
      <UploadProgress />
    </>
  );
}

/** What assets/home.js shows of an answer. */
function AddAnswers() {
  return (
    <>
      <template data-add-ready="">
        <div class="callout border-success address">
          <a class="name" href={href("home")}>
            {" "}
          </a>
          <CopyButton text="" what="the new address" />
        </div>
      </template>
      <template data-add-refused="">
        <p class="callout border-danger" data-add-problem="" />
      </template>
    </>
  );
}

async function Numbers({ call, ownerId }: { call: Call; ownerId: number | undefined }) {
  const { app, actor } = call;
  const zone = zoneOf(call);
  const [totals, timeline] = await Promise.all([
    app.links.totals(actor, ownerId),
    app.reports.ofOwner(actor, ownerId, zone),
  ]);
  const { people, machines } = sumOf(timeline);
  return (
    <section class="visits">
      <h2 class="h4">Visits of the last 30 days</h2>
      <Figures
        counts={[
          ["By people", formatCount(people)],
          ["By bots and previews", formatCount(machines)],
          ["Since the beginning", formatCount(totals.visits)],
          ["Links", formatCount(totals.links)],
          ["Live", formatCount(totals.live)],
        ]}
      />
      <VisitChart title="Visits of the last 30 days" timeline={timeline} zone={zone} />
    </section>
  );
}

function Newest({ call, links }: { call: Call; links: readonly ListedLink[] }) {
  return (
    <section>
      <h2 class="h4 mb-3">Newest links</h2>
      {links.length === 0 ? (
        <Empty title="There are no links yet.">
          <p>Paste a long address above, and it gets a short one that is yours.</p>
        </Empty>
      ) : (
        <>
          <LinkTable call={call} links={links} />
          <a href={href("links")}>All links</a>
        </>
      )}
    </section>
  );
}
