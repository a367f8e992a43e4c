/** @jsxImportSource #markup */
import { type ApiKey, statusOfKey } from "../../accounts/keys/api-key.ts";
import type { OwnedKey } from "../../accounts/keys/keys.ts";
import type { Call } from "../../http/call.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { href, withQuery } from "../../http/urls.ts";
import { formatList } from "../../text/format.ts";
import { text as linkText } from "../links/text.en.ts";
import { DialogLink } from "../ui/dialog.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { text as shared } from "../ui/text.en.ts";
import { Time } from "../ui/time.tsx";
import { text } from "./text.en.ts";

interface KeyTableProps {
  readonly call: Call;
  readonly title: string;
  readonly keys: readonly OwnedKey[];
  readonly hasOwners: boolean;
}

/** API keys, each with a link that revokes it. */
export function KeyTable({ call, title, keys, hasOwners }: KeyTableProps) {
  const zone = zoneOf(call);
  const now = call.app.clock();
  const owner: Column<OwnedKey> = {
    heading: shared.labels.owner,
    cell: ({ username }) => (
      <a class="name" href={withQuery(href("allKeys"), { owner: username })}>
        {username}
      </a>
    ),
  };
  const columns: readonly Column<OwnedKey>[] = [
    { heading: shared.labels.name, cell: (key) => <Name apiKey={key} /> },
    ...(hasOwners ? [owner] : []),
    { heading: text.columns.scopes, cell: (key) => <Scopes apiKey={key} /> },
    { heading: text.columns.lastUsed, cell: (key) => <LastUsed {...{ apiKey: key, zone, now }} /> },
    { heading: text.columns.expires, cell: (key) => <Expiry {...{ apiKey: key, zone, now }} /> },
    {
      heading: text.columns.revoke,
      cell: (key) => statusOfKey(key, now) === "active" && <RevokeLink apiKey={key} />,
    },
  ];
  return <Table caption={title} columns={columns} rows={keys} />;
}

function Name({ apiKey: { name, beginning } }: { apiKey: ApiKey }) {
  return (
    <>
      <span class="name">{name}</span>
      <div class="small">
        <code>{text.beginning(beginning)}</code>
      </div>
    </>
  );
}

function Scopes({ apiKey: { scopes, kinds } }: { apiKey: ApiKey }) {
  return (
    <>
      <code>{scopes.join(" ")}</code>
      {kinds !== null && (
        <div class="small">
          {text.onlyKinds(formatList(kinds.map((kind) => linkText.kinds[kind])))}
        </div>
      )}
    </>
  );
}

interface TimedProps {
  readonly apiKey: ApiKey;
  readonly zone: string;
  readonly now: number;
}

function LastUsed({ apiKey: { lastUse }, zone, now }: TimedProps) {
  if (lastUse === null) return <>{shared.labels.never}</>;
  return (
    <>
      <Time at={lastUse.at} zone={zone} now={now} />
      <div class="small name">{text.usedBy(lastUse.client, lastUse.network)}</div>
    </>
  );
}

function Expiry({ apiKey, zone, now }: TimedProps) {
  const status = statusOfKey(apiKey, now);
  if (status !== "active") return <strong>{text.statuses[status]}</strong>;
  if (apiKey.expiresAt === null) return <>{shared.labels.never}</>;
  return <Time at={apiKey.expiresAt} zone={zone} />;
}

function RevokeLink({ apiKey: { id, name } }: { apiKey: ApiKey }) {
  return (
    <DialogLink
      href={href("revokeKey", { id: String(id) })}
      class="btn btn-sm btn-quiet"
      label={text.revoke.label(name)}
    >
      {text.revoke.action}
    </DialogLink>
  );
}
