import { sql } from "kysely";
import type { Audit } from "../audit/audit.ts";
import type { Database, Trx } from "../database/database.ts";
import { foldText } from "../database/search-index.ts";
import type { BlobTransfer } from "../files/blob-transfer.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { aboutUser } from "./account-audit.ts";
import { lockAdministrators, requireOtherAdministrator } from "./administrators.ts";
import { endActing } from "./auth/impersonation.ts";
import { ADMIN_USERNAME, parseDisplayName, type Role, type User } from "./user.ts";
import { findNamed, noSuchAccount, type UserRow, userFrom } from "./user-rows.ts";

/** A user as administrators see them. */
export interface Person extends User {
  /** To a minute; null: never, as far as is known. */
  readonly lastSeenAt: number | null;
  readonly links: number;
  /** Of stored files, each once, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** How many bytes they may have, 0 for any number; null: as the settings say. */
  readonly quota: number | null;
}

export const personSorts = [
  "name",
  "created",
  "last_seen",
  "role",
  "links",
  "files",
  "bytes",
] as const;
export type PersonSort = (typeof personSorts)[number];

/** Which people, in which order, and which page of them. */
export interface PeopleQuery {
  /** Stands in the user name or the display name, in any case. */
  readonly text?: string;
  /** Default `name`. */
  readonly sort?: PersonSort;
  /** Default: names from A, administrators first, anything else from the most or the latest. */
  readonly direction?: "asc" | "desc";
  /** From 1. One beyond the last is the last. */
  readonly page?: number;
  readonly limit: number;
}

export interface PeoplePage {
  readonly people: readonly Person[];
  /** How many there are on all pages. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
}

/** What an administrator changes of an account; what is absent stays as it is. */
export interface PersonChanges {
  /** As it was typed; blank: the user name. */
  readonly displayName?: string;
  readonly role?: Role;
  readonly disabled?: boolean;
  /** Bytes, 0 for any number, null for what the settings say. */
  readonly quota?: number | null;
}

export interface PeopleParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly blobTransfer: BlobTransfer;
}

/** The accounts, as administrators see and change them. */
export class People {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #blobTransfer: BlobTransfer;

  constructor({ database, audit, blobTransfer }: PeopleParts) {
    this.#database = database;
    this.#audit = audit;
    this.#blobTransfer = blobTransfer;
  }

  /**
   * One page of the people. All are read to be sorted as people sort, so this is for thousands, not for millions.
   * @throws Problem `forbidden`
   */
  async list(actor: Actor, query: PeopleQuery): Promise<PeoplePage> {
    if (!may(actor, "user.list"))
      throw new Problem("forbidden", "Only an administrator may list the accounts.");
    const rows = await selectPeople(this.#database.read).execute();
    const found = rows.map(personFrom).filter((person) => isNamed(person, query.text ?? ""));
    return pageOf(found.sort(orderOf(query)), query);
  }

  /**
   * The person of that name, in any case.
   * @throws Problem `not_found`
   */
  async get(actor: Actor, username: string): Promise<Person> {
    const row = await findNamed(this.#database.lookup, username);
    if (row === undefined || !may(actor, "user.list")) throw noSuchAccount();
    const query = selectPeople(this.#database.read).where("user.id", "=", row.id);
    const found = await query.executeTakeFirst();
    if (found === undefined) throw noSuchAccount();
    return personFrom(found);
  }

  /**
   * Changes an account. A disabled one is signed out at once, and a demoted one has lost its rights with the next
   * request.
   * @throws Problem `not_found`, `invalid` on `display_name`; `forbidden` for role and standing of the account
   * `admin`, of one's own and of the last administrator's
   */
  async change(actor: Actor, userId: number, changes: PersonChanges): Promise<void> {
    if (!may(actor, "user.change")) throw noSuchAccount();
    const { displayName } = changes;
    const typed = displayName === undefined ? undefined : parseDisplayName(displayName);
    await this.#database.write(async (trx) => {
      await lockAdministrators(this.#database, trx, actor);
      const row = await findPerson(trx, userId);
      const columns = columnsOf(row, changes, typed);
      await this.#requireAllowed(trx, actor, row, columns);
      await this.#write(trx, row, columns, changes.quota);
      const details = { ...columns, ...(changes.quota !== undefined && { quota: changes.quota }) };
      if (Object.keys(details).length > 0)
        await this.#audit.record(trx, actor, aboutUser("user.changed", row, details));
    });
  }

  async #requireAllowed(
    trx: Trx,
    actor: Actor,
    row: UserRow,
    { role, disabled }: Columns,
  ): Promise<void> {
    if (role === undefined && disabled === undefined) return;
    if (row.username === ADMIN_USERNAME)
      throw new Problem("forbidden", "The account admin stays an administrator, and enabled.");
    if (actor.is === "user" && actor.userId === row.id)
      throw new Problem("forbidden", "Another administrator can do this with your account.");
    if (role === "user" || disabled === 1) await requireOtherAdministrator(trx, row.id);
  }

  async #write(
    trx: Trx,
    { id }: UserRow,
    columns: Columns,
    quota: number | null | undefined,
  ): Promise<void> {
    if (quota !== undefined) await this.#blobTransfer.setQuota(trx, id, quota);
    if (Object.keys(columns).length === 0) return;
    await trx.updateTable("user").set(columns).where("id", "=", id).execute();
    if (columns.role !== undefined || columns.disabled === 1) await endActing(trx, id);
    if (columns.disabled === 1) await trx.deleteFrom("session").where("user_id", "=", id).execute();
  }
}

type Columns = Pick<Partial<UserRow>, "display_name" | "role" | "disabled">;

/** What really changes. */
function columnsOf(row: UserRow, changes: PersonChanges, typedName: string | undefined): Columns {
  const { role = row.role } = changes;
  const disabled = (changes.disabled ?? row.disabled === 1) ? 1 : 0;
  const name = typedName === undefined ? row.display_name : typedName || row.username;
  return {
    ...(name !== row.display_name && { display_name: name }),
    ...(role !== row.role && { role }),
    ...(disabled !== row.disabled && { disabled }),
  };
}

async function findPerson(trx: Trx, userId: number): Promise<UserRow> {
  const query = trx.selectFrom("user").selectAll().where("id", "=", userId);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw noSuchAccount();
  return row;
}

function selectPeople(db: Database["read"]) {
  return db
    .selectFrom("user")
    .leftJoin("blob_usage", "blob_usage.owner_id", "user.id")
    .selectAll("user")
    .select([
      "blob_usage.quota",
      sql<number>`coalesce(blob_usage.bytes, 0)`.as("bytes"),
      sql<number>`(select count(*) from link where link.owner_id = "user".id)`.as("links"),
      sql<number>`(select count(*) from blob
        where blob.owner_id = "user".id and blob.state = 'used')`.as("files"),
    ]);
}

type PersonRow = UserRow & Pick<Person, "links" | "files" | "bytes" | "quota">;

function personFrom(row: PersonRow): Person {
  const { last_seen_at: lastSeenAt, links, files, bytes, quota } = row;
  return { ...userFrom(row), lastSeenAt, links, files, bytes, quota };
}

function isNamed({ username, displayName }: Person, text: string): boolean {
  return foldText(`${username}\n${displayName}`).includes(foldText(text.trim()));
}

type Order = (one: Person, other: Person) => number;

const collator = new Intl.Collator("en", { numeric: true });

const orders: Readonly<Record<PersonSort, Order>> = {
  name: (one, other) => collator.compare(one.displayName, other.displayName),
  role: (one, other) => collator.compare(one.role, other.role),
  created: (one, other) => other.createdAt - one.createdAt,
  last_seen: (one, other) => (other.lastSeenAt ?? 0) - (one.lastSeenAt ?? 0),
  links: (one, other) => other.links - one.links,
  files: (one, other) => other.files - one.files,
  bytes: (one, other) => other.bytes - one.bytes,
};

/** The direction in which people mostly want each order. */
export const usualPersonDirections: Readonly<Record<PersonSort, "asc" | "desc">> = {
  name: "asc",
  role: "asc",
  created: "desc",
  last_seen: "desc",
  links: "desc",
  files: "desc",
  bytes: "desc",
};

function orderOf({ sort = "name", direction = usualPersonDirections[sort] }: PeopleQuery): Order {
  const order = orders[sort];
  const sign = direction === usualPersonDirections[sort] ? 1 : -1;
  return (one, other) => sign * order(one, other) || collator.compare(one.username, other.username);
}

function pageOf(people: readonly Person[], { page = 1, limit }: PeopleQuery): PeoplePage {
  const pages = Math.max(1, Math.ceil(people.length / limit));
  const shown = Math.min(Math.max(1, page), pages);
  const from = (shown - 1) * limit;
  return { people: people.slice(from, from + limit), total: people.length, page: shown, pages };
}
