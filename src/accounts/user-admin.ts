import { type SelectQueryBuilder, sql } from "kysely";
import type { Audit } from "../audit/audit.ts";
import type { Database, Trx } from "../database/database.ts";
import type { Schema } from "../database/schema.ts";
import { findUserByName } from "../database/user-by-name.ts";
import type { BlobTransfer } from "../files/blob-transfer.ts";
import { parseInput } from "../parse-input.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { foldText } from "../text/fold-text.ts";
import { aboutUser } from "./account-audit.ts";
import { lockAdministrators, requireOtherAdministrator } from "./administrators.ts";
import { endImpersonation } from "./auth/impersonation.ts";
import { text } from "./text.en.ts";
import { ADMIN_USERNAME, type User } from "./user.ts";
import { noSuchAccount, type UserRow, userFrom } from "./user-rows.ts";
import {
  type AccountChanges,
  type AccountQuery,
  type AccountSort,
  accountChangesSchema,
  accountQuerySchema,
} from "./user-schema.ts";

/** An account as administrators see it. */
export interface AccountSummary extends User {
  /** To a minute; null: never, as far as is known. */
  readonly lastSeenAt: number | null;
  readonly links: number;
  /** Stored files, each counted once, and their bytes. */
  readonly files: number;
  readonly bytes: number;
  /** Storage quota in bytes, 0 for unlimited; null: the site's default. */
  readonly quota: number | null;
}

export interface AccountPage {
  readonly accounts: readonly AccountSummary[];
  /** The number of accounts on all pages. */
  readonly total: number;
  /** What all of these have: links, stored files and their bytes. */
  readonly have: Pick<AccountSummary, "links" | "files" | "bytes">;
  readonly page: number;
  readonly pages: number;
}

export interface UserAdminParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly blobTransfer: BlobTransfer;
}

/** Accounts as administrators see and change them. */
export class UserAdmin {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #blobTransfer: BlobTransfer;

  constructor({ database, audit, blobTransfer }: UserAdminParts) {
    this.#database = database;
    this.#audit = audit;
    this.#blobTransfer = blobTransfer;
  }

  /**
   * Returns one page of the accounts. All are read and sorted in memory, so this is for thousands, not for millions.
   * @throws Problem `forbidden`
   */
  async list(actor: Actor, input: AccountQuery): Promise<AccountPage> {
    if (!may(actor, "user.list")) throw new Problem("forbidden", text.access.mayNotList);
    const query = parseInput(accountQuerySchema, input);
    const rows = await selectAccounts(this.#database.read).execute();
    const found = rows.map(accountFrom).filter((account) => matches(account, query.text ?? ""));
    return pageOf((await this.#count(found)).sort(orderOf(query)), query);
  }

  /**
   * Returns the account of that name, in any case.
   * @throws Problem `not_found`
   */
  async get(actor: Actor, username: string): Promise<AccountSummary> {
    const row = await findUserByName(this.#database.lookup, username);
    if (row === undefined || !may(actor, "user.list")) throw noSuchAccount();
    const query = selectAccounts(this.#database.read).where("user.id", "=", row.id);
    const found = await query.executeTakeFirst();
    if (found === undefined) throw noSuchAccount();
    const [account] = await this.#count([accountFrom(found)]);
    if (account === undefined) throw noSuchAccount();
    return account;
  }

  /** Adds the numbers of links and files to accounts, by one query each. */
  async #count(accounts: readonly Uncounted[]): Promise<AccountSummary[]> {
    if (accounts.length === 0) return [];
    const { read } = this.#database;
    const ids = accounts.map(({ id }) => id);
    const used = read.selectFrom("blob").where("state", "=", "used");
    const [links, files] = await Promise.all([
      countByOwner(read.selectFrom("link_search"), ids),
      countByOwner(used, ids),
    ]);
    return accounts.map((account) => ({
      ...account,
      links: links.get(account.id) ?? 0,
      files: files.get(account.id) ?? 0,
    }));
  }

  /**
   * Changes an account. Disabling it or changing its role ends its sessions: no session outlives the rights it began with.
   * @throws Problem `not_found`, `invalid`; `forbidden` for role and status of the account `admin`, of the actor's own
   * and of the last administrator's
   */
  async change(actor: Actor, userId: number, input: AccountChanges): Promise<void> {
    if (!may(actor, "user.change")) throw noSuchAccount();
    const changes = parseInput(accountChangesSchema, input);
    await this.#database.write(async (trx) => {
      await lockAdministrators(this.#database, trx, actor);
      const row = await findAccount(trx, userId);
      const columns = changedColumns(row, changes);
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
      throw new Problem("forbidden", text.administration.adminIsFixed);
    if (actor.is === "user" && actor.userId === row.id)
      throw new Problem("forbidden", text.administration.ownAccount);
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
    if (columns.role === undefined && columns.disabled !== 1) return;
    await endImpersonation(trx, id);
    await trx.deleteFrom("session").where("user_id", "=", id).execute();
  }
}

type Columns = Pick<Partial<UserRow>, "display_name" | "role" | "disabled">;

/** Returns the columns whose values differ. */
function changedColumns(row: UserRow, changes: AccountChanges): Columns {
  const { role = row.role } = changes;
  const disabled = (changes.disabled ?? row.disabled === 1) ? 1 : 0;
  const { displayName = row.display_name } = changes;
  const name = displayName ?? row.username;
  return {
    ...(name !== row.display_name && { display_name: name }),
    ...(role !== row.role && { role }),
    ...(disabled !== row.disabled && { disabled }),
  };
}

async function findAccount(trx: Trx, userId: number): Promise<UserRow> {
  const query = trx.selectFrom("user").selectAll().where("id", "=", userId);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw noSuchAccount();
  return row;
}

/** What is not counted yet. */
type Uncounted = Omit<AccountSummary, "links" | "files">;

function selectAccounts(db: Database["read"]) {
  return db
    .selectFrom("user")
    .leftJoin("blob_usage", "blob_usage.owner_id", "user.id")
    .selectAll("user")
    .select(["blob_usage.quota", sql<number>`coalesce(blob_usage.bytes, 0)`.as("bytes")]);
}

function accountFrom(row: UserRow & Pick<AccountSummary, "bytes" | "quota">): Uncounted {
  const { last_seen_at: lastSeenAt, bytes, quota } = row;
  return { ...userFrom(row), lastSeenAt, bytes, quota };
}

/** Counts the rows of a table by owner. */
async function countByOwner(
  rows: SelectQueryBuilder<Schema, "link_search" | "blob", object>,
  ownerIds: readonly number[],
): Promise<Map<number, number>> {
  const counted = await rows
    .select(["owner_id", ({ fn }) => fn.countAll<number>().as("count")])
    .where("owner_id", "in", ownerIds)
    .groupBy("owner_id")
    .execute();
  return new Map(counted.map((row) => [row.owner_id, Number(row.count)]));
}

function matches({ username, displayName }: Uncounted, searched: string): boolean {
  return foldText(`${username}\n${displayName}`).includes(foldText(searched.trim()));
}

type Order = (one: AccountSummary, other: AccountSummary) => number;

const collator = new Intl.Collator("en", { numeric: true });

const orders: Readonly<Record<AccountSort, Order>> = {
  name: (one, other) => collator.compare(one.displayName, other.displayName),
  role: (one, other) => collator.compare(one.role, other.role),
  created: (one, other) => other.createdAt - one.createdAt,
  last_seen: (one, other) => (other.lastSeenAt ?? 0) - (one.lastSeenAt ?? 0),
  links: (one, other) => other.links - one.links,
  files: (one, other) => other.files - one.files,
  bytes: (one, other) => other.bytes - one.bytes,
};

/** The direction in which a list is sorted unless another is asked for. */
export const defaultDirections: Readonly<Record<AccountSort, "asc" | "desc">> = {
  name: "asc",
  role: "asc",
  created: "desc",
  last_seen: "desc",
  links: "desc",
  files: "desc",
  bytes: "desc",
};

function orderOf({ sort = "name", direction = defaultDirections[sort] }: AccountQuery): Order {
  const order = orders[sort];
  const sign = direction === defaultDirections[sort] ? 1 : -1;
  return (one, other) => sign * order(one, other) || collator.compare(one.username, other.username);
}

function pageOf(
  accounts: readonly AccountSummary[],
  { page = 1, limit }: AccountQuery,
): AccountPage {
  const pages = Math.max(1, Math.ceil(accounts.length / limit));
  const shown = Math.min(Math.max(1, page), pages);
  const from = (shown - 1) * limit;
  return {
    accounts: accounts.slice(from, from + limit),
    total: accounts.length,
    have: {
      links: sumOf(accounts, "links"),
      files: sumOf(accounts, "files"),
      bytes: sumOf(accounts, "bytes"),
    },
    page: shown,
    pages,
  };
}

function sumOf(accounts: readonly AccountSummary[], of: "links" | "files" | "bytes"): number {
  return accounts.reduce((sum, account) => sum + account[of], 0);
}
