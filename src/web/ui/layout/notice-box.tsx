/** @jsxImportSource hono/jsx */
import type { Call } from "../../../http/call.ts";
import type { Notice } from "../../../http/request/cookies.ts";
import { href } from "../../../http/urls.ts";
import { formatCount, plural } from "../../../text/format.ts";

/** What was just done, told once. */
export function NoticeBox({ notice, origin }: { notice: Notice | null; origin: string }) {
  if (notice === null) return null;
  return (
    <div class="callout border-success" role="status" data-notice={notice.code}>
      <NoticeText notice={notice} origin={origin} />
    </div>
  );
}

function NoticeText({
  notice: { code, shortCode, count = 0 },
  origin,
}: {
  notice: Notice;
  origin: string;
}) {
  switch (code) {
    case "created":
      return (
        <>Your link is ready{shortCode && <Address shortCode={shortCode} origin={origin} />}.</>
      );
    case "became_page":
      return (
        <>
          An HTML file is no document, so this became a web page
          {shortCode && <Address shortCode={shortCode} origin={origin} />}.
        </>
      );
    case "saved":
      return <>Saved{shortCode && <Address shortCode={shortCode} origin={origin} />}.</>;
    case "deleted":
      return <>Deleted{shortCode && <> {shortCode}</>}.</>;
    case "links_deleted":
      return <>{plural(count, { one: "1 link", other: `${formatCount(count)} links` })} deleted.</>;
    case "expiry_set":
      return (
        <>
          The expiry of {plural(count, { one: "1 link", other: `${formatCount(count)} links` })} is
          set.
        </>
      );
    case "links_restored":
      return (
        <>{plural(count, { one: "1 link", other: `${formatCount(count)} links` })} restored.</>
      );
    case "links_given":
      return (
        <>{plural(count, { one: "1 link", other: `${formatCount(count)} links` })} given away.</>
      );
    case "account_created":
      return <>The account is made.</>;
    case "account_deleted":
      return <>The account is deleted.</>;
    case "signed_out_everywhere":
      return <>They are signed out everywhere.</>;
    case "signed_out":
      return <>You are signed out.</>;
    case "session_ended":
      return <>That device is signed out.</>;
    case "other_sessions_ended":
      return <>You are signed out everywhere else.</>;
    case "password_changed":
      return <>Your password is changed, and you are signed out everywhere else.</>;
  }
}

function Address({ shortCode, origin }: { shortCode: string; origin: string }) {
  const path = href("open", { shortCode });
  return (
    <>
      {": "}
      <a class="fw-semibold" href={path}>
        {origin}
        {path}
      </a>
    </>
  );
}

/** What an administrator should put right; nobody else sees it. */
export function Warnings({ call: { app, user } }: { call: Call }) {
  if (user?.role !== "administrator") return null;
  const { fault } = app.live;
  const faults =
    fault === null ? [] : [`The settings file is broken, so the last good settings hold. ${fault}`];
  const warnings = [...faults, ...app.warnings];
  if (warnings.length === 0) return null;
  return (
    <div class="callout border-warning" role="alert">
      {warnings.map((warning) => (
        <p class="mb-0">{warning}</p>
      ))}
    </div>
  );
}
