/** Jobs that delete old rows: one run deletes all there are, and lets other writers in. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../src/database/database.ts";
import { findJob, type JobId } from "../../src/jobs/jobs.ts";
import { sweep } from "../../src/jobs/sweep.ts";
import { databases, openTestApp, START, type World } from "../world.ts";

const DAY = 86_400_000;
const LONG_AGO = START - 4000 * DAY;
const MANY = 23_456;

const numbers = Array.from({ length: MANY }, (_, at) => at);

type Table = "visit" | "sent_form" | "session";

async function countOf({ read }: Database, table: Table): Promise<number> {
  const query = read.selectFrom(table).select((rows) => rows.fn.countAll<number>().as("count"));
  return Number((await query.executeTakeFirstOrThrow()).count);
}

async function fill({ app, people }: World): Promise<void> {
  const { database } = app;
  const ids = () => Float64Array.from(numbers);
  const userId = people.alice.id;
  await database.write(async (trx) => {
    const visits = { id: ids(), link_id: ids(), class: ids(), ms: ids() };
    await database.append(trx, "visit", visits);
    for (let at = 0; at < MANY; at += 1000) {
      const some = numbers.slice(at, at + 1000);
      const [keys, sessions] = [some.map((n) => `key ${n}`), some.map((n) => `session ${n}`)];
      const sent = keys.map((key) => ({ key, link_id: null, at: LONG_AGO }));
      await trx.insertInto("sent_form").values(sent).execute();
      const common = { seal: "", user_id: userId, remember: 0, device: "" } as const;
      const times = { created_at: LONG_AGO, last_seen_at: LONG_AGO, expires_at: LONG_AGO };
      const rows = sessions.map((id) => ({ id, ...common, ...times }));
      await trx.insertInto("session").values(rows).execute();
    }
  });
}

for (const kind of databases) {
  describe(`one run on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      await fill(world);
    });
    afterAll(() => world.close());

    test.each<[JobId, Table]>([
      ["delete-old-visits", "visit"],
      ["clean-idempotency-keys", "sent_form"],
      ["delete-ended-sessions", "session"],
    ])("of %s deletes all old rows of %s", async (id, table) => {
      expect(await countOf(world.app.database, table)).toBe(MANY);
      await findJob(id)?.run(world.app);
      expect(await countOf(world.app.database, table)).toBe(0);
    });
  });
}

describe("a sweep", () => {
  test("ends with the first step that deletes less than its limit", async () => {
    const counts = [10, 10, 3, 10];
    await sweep({ limit: 10 }, async () => counts.shift() ?? 0);
    expect(counts).toEqual([10]);
  });

  test("ends after the current step when the server stops", async () => {
    const stopping = new AbortController();
    let steps = 0;
    await sweep({ limit: 10, stopping: stopping.signal }, async () => {
      steps++;
      stopping.abort();
      return 10;
    });
    expect(steps).toBe(1);
  });

  test("lets other writers in between two steps", async () => {
    const order: string[] = [];
    const { promise: written, resolve } = Promise.withResolvers<void>();
    const write = async () => {
      order.push("write");
      resolve();
    };
    await sweep({ limit: 1 }, async () => {
      order.push("step");
      if (order.length === 1) setTimeout(write);
      else await written;
      return order.length < 3 ? 1 : 0;
    });
    expect(order).toEqual(["step", "write", "step"]);
  });
});
