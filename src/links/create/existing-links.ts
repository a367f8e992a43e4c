import { sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { type Actor, may } from "../../policy.ts";
import { codesOf } from "../aliases/aliases.ts";
import type { NewLink } from "../input/link-schema.ts";
import { type Link, statusOf } from "../link.ts";
import { type LinkRow, linkFrom, selectLinks } from "../rows/link-columns.ts";
import { areSameTags } from "../tags/tag-names.ts";
import { findByKey } from "./idempotency.ts";
import type { Creation } from "./link-creation.ts";

/** Links of one destination that are looked at. */
const MOST = 50;

export interface ExistingLinksParts {
  readonly database: Database;
  readonly clock: Clock;
}

/** Links that there are to a destination, to be used instead of another one. */
export class ExistingLinks {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor({ database, clock }: ExistingLinksParts) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * The newest live redirect of `ownerId` to the destination of `input`, which is as wanted in what else is named; null
   * if there is none, or if an earlier call with the key created one.
   */
  async find(
    actor: Actor,
    { ownerId, key = null }: Creation,
    input: NewLink,
    wanted: readonly Wanted[] = [],
  ): Promise<Link | null> {
    if (input.kind !== "redirect") return null;
    const now = this.#clock();
    const { lookup, read } = this.#database;
    const found = await findExisting(read, { ownerId, target: input.target }, now);
    const visible = found.filter((link) => may(actor, "link.see", link));
    const link = visible.find((each) => isAsWanted(each, input, wanted)) ?? null;
    // Looked at last: that call may be under way, and its link among those that were found.
    const isOwn = link !== null && key !== null && (await findByKey(lookup, key, now)) !== null;
    return isOwn ? null : link;
  }
}

/** The live redirects of an owner to exactly this destination, newest first; one indexed read. */
async function findExisting(
  db: Database["read"],
  { ownerId, target }: Pick<Link, "ownerId" | "target">,
  now: number,
): Promise<Link[]> {
  const rows: LinkRow[] = await selectLinks(db)
    .where("link.owner_id", "=", ownerId)
    .where("target", "=", target)
    .where(beginningOf(sql.ref("target")), "=", beginningOf(sql`cast(${target} as text)`))
    .where(sql<boolean>`link.kind = 'redirect'`)
    .where("deleted_at", "is", null)
    .orderBy("link.id", "desc")
    .limit(MOST)
    .execute();
  return rows.map(linkFrom).filter((link) => statusOf(link, now) === "live");
}

/** As in the index `link_target`. */
function beginningOf(text: ReturnType<typeof sql>) {
  return sql<string>`substr(${text}, 1, 200)`;
}

/** What a caller may say of a new link that it wants to be found. */
export type Wanted = keyof NewLink;

/** Whether `link` is as a new one would be, in what was said of it. A password matches none. */
function isAsWanted(link: Link, input: NewLink, wanted: readonly Wanted[]): boolean {
  return wanted.every((name) => {
    switch (name) {
      case "shortCode":
        return input.shortCode === null || codesOf(link).includes(input.shortCode);
      case "password":
        return input.password === null && link.passwordHash === "";
      case "tags":
        return areSameTags(input.tags, link.tags);
      case "aliases":
        return input.aliases.every((code) => codesOf(link).includes(code));
      default:
        return input[name] === link[name];
    }
  });
}
