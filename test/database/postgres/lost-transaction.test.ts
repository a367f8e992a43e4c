/** A connection that ends between two statements of a transaction. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import type { Trx } from "../../../src/database/database.ts";
import { openPostgres, postgresIsAvailable } from "../../postgres.ts";
import { until } from "../../until.ts";
import { TestNode } from "./test-node.ts";

describe.skipIf(!postgresIsAvailable)("a transaction whose connection is lost", () => {
  let server: { url: string; drop(): Promise<void> };
  let node: TestNode;

  beforeAll(async () => {
    server = await (await openPostgres()).freshDatabase();
    node = await TestNode.open(server.url);
  });
  afterAll(async () => {
    await node.close();
    await server.drop();
  });

  const processOf = async (trx: Trx): Promise<number> => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
    return rows[0]?.pid ?? 0;
  };
  const untilGone = (pid: number) =>
    until(
      async () => {
        const found = await sql`select 1 from pg_stat_activity where pid = ${pid}`.execute(
          node.database.read,
        );
        return found.rows.length === 0;
      },
      { what: "the end of the connection" },
    );

  test("is busy, before its next statement", async () => {
    const work = node.database.write(async (trx) => {
      const pid = await processOf(trx);
      await sql`select pg_terminate_backend(${pid})`.execute(node.database.read);
      await untilGone(pid);
      await sql`select 1`.execute(trx);
    });
    expect(await work.catch((thrown) => thrown)).toMatchObject({ code: "busy" });
  });

  test("is busy, where the server waited too long for its next statement", async () => {
    const work = node.database.write(async (trx) => {
      await sql`set local idle_in_transaction_session_timeout = 20`.execute(trx);
      await untilGone(await processOf(trx));
      await sql`select 1`.execute(trx);
    });
    expect(await work.catch((thrown) => thrown)).toMatchObject({ code: "busy" });
  });

  test("is busy, while a statement runs", async () => {
    const work = node.database.write(async (trx) => {
      await sql`select pg_terminate_backend(pg_backend_pid())`.execute(trx);
    });
    expect(await work.catch((thrown) => thrown)).toMatchObject({ code: "busy" });
  });
});
