/** Nodes that start at once behind a real PgBouncer: one upgrades the database, and the others wait for it. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { Kysely, sql } from "kysely";
import pg from "pg";
import { postgresDialect } from "../../../src/database/dialect.ts";
import { listMigrations } from "../../../src/database/migrations/migrate.ts";
import {
  migratePostgres,
  UnlockedDialect,
} from "../../../src/database/postgres/migrate-postgres.ts";
import { text } from "../../../src/database/text.en.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { failureOf } from "../../failure.ts";
import { hasPgBouncer, PgBouncer } from "../../pgbouncer-server.ts";
import { openPostgres, postgresIsAvailable } from "../../postgres.ts";
import { runStatement } from "../../postgres-server.ts";
import { TestNode } from "./test-node.ts";

describe.skipIf(!postgresIsAvailable || !hasPgBouncer)("nodes that start at once", () => {
  let server: { url: string; drop(): Promise<void> };
  let bouncer: PgBouncer;

  beforeAll(async () => {
    server = await (await openPostgres()).freshDatabase();
    bouncer = await PgBouncer.start(server.url);
  });
  afterAll(async () => {
    await bouncer[Symbol.asyncDispose]();
    await server.drop();
  });

  const openNode = () => TestNode.open(bouncer.url, server.url);

  test("share one new database, and leave no lock behind", async () => {
    const nodes = await Promise.all([openNode(), openNode(), openNode(), openNode()]);
    const [first, second] = nodes;
    await first.addOwner();
    await first.point("code", "1");
    expect(await second.targetOf("code")).toBe("1");
    const { rows } = await sql<{ locks: number }>`select count(*)::int as locks from pg_locks
      where locktype = 'advisory' and database = (select oid from pg_database
        where datname = current_database())`.execute(first.database.read);
    expect(rows).toEqual([{ locks: 0 }]);
    await Promise.all(nodes.map((node) => node.close()));
  });

  test("run each migration once, while a node of the version before goes on serving", async () => {
    const node = await openNode();
    await using _closing = { [Symbol.asyncDispose]: () => node.close() };
    let runs = 0;
    const addNumber = async (trx: Kysely<unknown>) => {
      runs++;
      await sql`create sequence later_number`.execute(trx);
      await node.point("code", "meanwhile");
      expect(await node.targetOf("code")).toBe("meanwhile");
    };
    const later = { ...listMigrations(postgresDialect), "9999_later": { up: addNumber } };
    await Promise.all([1, 2, 3].map(() => upgrade(later)));
    expect(runs).toBe(1);
    await node.point("code", "after");
    expect(await node.targetOf("code")).toBe("after");
    expect(await failureOf(openNode())).toHaveProperty("message", text.newer("9999_later"));
    await runStatement(server.url, "delete from kysely_migration where name = '9999_later'");
  });

  test("wait for a transaction that uses a table, and try again", async () => {
    const blocker = new pg.Client({ connectionString: server.url });
    await blocker.connect();
    await blocker.query("begin; lock table sent_form in access share mode");
    let tries = 0;
    const change = async (trx: Kysely<unknown>) => {
      if (tries++ > 0) await blocker.query("commit");
      await sql`set local lock_timeout = 100`.execute(trx);
      await sql`alter table sent_form add column later bigint`.execute(trx);
    };
    await upgrade({ ...listMigrations(postgresDialect), "9999_later": { up: change } });
    expect(tries).toBe(2);
    await blocker.end();
  });

  /** Upgrades the database as another node does. */
  async function upgrade(migrations: Parameters<typeof migratePostgres>[2]): Promise<void> {
    const pool = new pg.Pool({ connectionString: bouncer.url, max: 1 });
    const db = new Kysely<unknown>({ dialect: new UnlockedDialect({ pool }) });
    await migratePostgres(db, silentLog(), migrations);
    await db.destroy();
  }
});
