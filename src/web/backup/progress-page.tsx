/** @jsxImportSource #markup */
import type { Call } from "../../http/call.ts";
import { href } from "../../http/urls.ts";
import type { RestoreRecord } from "../../links/restores/restore-record.ts";
import { PageHead, show } from "../ui/layout/layout.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { progressAddress } from "./progress-address.ts";

/** What the page says of work in portions. */
export interface ProgressTexts {
  readonly running: string;
  readonly waiting: string;
  readonly cancelling: string;
  readonly done: string;
  readonly failed: string;
  readonly cancelled: string;
  readonly label: string;
  readonly partly: string;
  readonly cancel: string;
  readonly links: string;
  count(done: number, total: number): string;
}

interface ProgressProps {
  readonly title: string;
  readonly record: RestoreRecord;
  readonly texts: ProgressTexts;
  /** What is being done beside links, if anything. */
  readonly note?: string | null;
  /** What can be done next, beside looking at the links. */
  readonly next: Child;
  /** The numbers, and what could not be done. */
  readonly children: Child;
}

/** Shows progress and result of work in portions, and the button that cancels it. */
export function showProgress(call: Call, props: ProgressProps): Promise<Response> {
  const { title, record } = props;
  const isRunning = record.endedAt === null;
  const refresh = (
    <noscript>
      <meta http-equiv="refresh" content="5" />
    </noscript>
  );
  return show(
    call,
    { title, head: isRunning && refresh, scripts: isRunning ? ["htmx.js"] : [] },
    <Progress {...props} />,
  );
}

/** While it runs, htmx fetches it again every two seconds; without scripts, the page refreshes itself. */
function Progress(props: ProgressProps) {
  const { title, record, children } = props;
  const isRunning = record.state === "running";
  const polling = {
    "hx-get": progressAddress(record),
    "hx-trigger": "every 2s",
    "hx-select": "#progress",
    "hx-swap": "outerHTML",
  };
  return (
    <div class="form-width" id="progress" {...(isRunning && polling)}>
      <PageHead title={title} />
      {isRunning ? <Running {...props} /> : <Ended {...props} />}
      {children}
      {isRunning ? <CancelForm {...props} /> : <Next {...props} />}
    </div>
  );
}

function Running({ record: { isCancelled, progress }, texts, note }: ProgressProps) {
  const { phase, place, links } = progress;
  const count = texts.count(place, links);
  return (
    <>
      <p role="status">{isCancelled ? texts.cancelling : texts.running}</p>
      <div class="mb-3">
        <progress
          class="w-100"
          max={Math.max(1, links)}
          value={phase === "reading" ? undefined : place}
          aria-valuetext={count}
          aria-label={texts.label}
        />
        <div class="form-text">{phase === "reading" ? texts.waiting : count}</div>
        {note && <div class="form-text">{note}</div>}
      </div>
    </>
  );
}

function Ended({ record: { state, problem, progress }, texts }: ProgressProps) {
  if (state === "done")
    return (
      <p class="callout border-success" role="status">
        {texts.done}
      </p>
    );
  return (
    <div class="callout border-danger" role="alert">
      <p class="mb-1">
        {state === "failed" ? texts.failed : texts.cancelled}
        {problem && `: ${problem.message}`}
      </p>
      {progress.restored + progress.removed > 0 && <p class="mb-0">{texts.partly}</p>}
    </div>
  );
}

function CancelForm({ record, texts }: ProgressProps) {
  if (record.isCancelled) return null;
  return (
    <form class="mt-4" method="post" action={progressAddress(record)}>
      <button class="btn btn-quiet" type="submit" name="action" value="cancel">
        {texts.cancel}
      </button>
    </form>
  );
}

function Next({ texts, next }: ProgressProps) {
  return (
    <p class="mt-4">
      <a class="btn btn-primary" href={href("links")}>
        {texts.links}
      </a>{" "}
      {next}
    </p>
  );
}
