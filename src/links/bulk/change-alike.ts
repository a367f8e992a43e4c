import { sql } from "kysely";
import type { AuditDetails } from "../../audit/audit-event.ts";
import { codesOf } from "../aliases/aliases.ts";
import type { Link } from "../link.ts";
import type { LinkWriter } from "../link-rows.ts";
import { aboutChange } from "../rows/link-audit.ts";
import { saveTags } from "../tags/link-tags.ts";

/** A change of the status of a link, which is the same for several links. */
export type SameChange = { readonly disabled: boolean } | { readonly expiresAt: number | null };

/** A locked link, and what changes in it. */
export interface Changed<Change> {
  readonly link: Link;
  readonly change: Change;
}

/** What is recorded of a link's change beside the names of its fields. */
type DetailsOf = (link: Link) => AuditDetails;

/** Changes the same field of locked links, with a statement for all. */
export async function changeStatus(
  writer: LinkWriter,
  links: readonly Changed<SameChange>[],
  now: number,
  detailsOf: DetailsOf = () => ({}),
): Promise<void> {
  const [first] = links;
  if (first === undefined) return;
  const ids = links.map(({ link }) => link.id);
  const field = sql.ref("disabled" in first.change ? "disabled" : "expires_at");
  await sql`update link_search set ${field} = ${newValue(links, "link_id")}
    where link_id in (${sql.join(ids)})`.execute(writer.trx);
  await sql`update link set ${field} = ${newValue(links, "id")}, updated_at = ${now},
    revision = revision + 1 where id in (${sql.join(ids)})`.execute(writer.trx);
  record(writer, links, detailsOf);
}

/** Replaces the tags of locked links, each by its own, with the same few statements for all. */
export async function changeTagsOf(
  writer: LinkWriter,
  links: readonly Changed<Pick<Link, "tags">>[],
  now: number,
  detailsOf: DetailsOf = () => ({}),
): Promise<void> {
  if (links.length === 0) return;
  const ids = links.map(({ link }) => link.id);
  await writer.trx.deleteFrom("link_tag").where("link_id", "in", ids).execute();
  await saveTags(
    writer.trx,
    links.map(({ link, change }) => ({ ...link, ...change })),
  );
  const row = { updated_at: now, revision: sql<number>`revision + 1` };
  await writer.trx.updateTable("link").set(row).where("id", "in", ids).execute();
  record(writer, links, detailsOf);
}

/** One value where all are the same. */
function newValue(links: readonly Changed<SameChange>[], id: "id" | "link_id") {
  const values = links.map(({ change }) => storedValue(change));
  const [first = null] = values;
  if (values.every((value) => value === first)) return sql`cast(${first} as bigint)`;
  const cases = links.map(
    ({ link }, at) => sql`when ${link.id} then cast(${values[at] ?? null} as bigint)`,
  );
  return sql`case ${sql.ref(id)} ${sql.join(cases, sql` `)} end`;
}

function storedValue(change: SameChange): number | null {
  if ("disabled" in change) return change.disabled ? 1 : 0;
  return change.expiresAt;
}

function record(
  { touch, events }: LinkWriter,
  links: readonly Changed<Partial<Link>>[],
  detailsOf: DetailsOf,
): void {
  for (const { link, change } of links) {
    for (const code of codesOf(link)) touch(code);
    events.push(aboutChange(link, { ...link, ...change }, detailsOf(link)));
  }
}
