/** Rate limits over nodes on one PostgreSQL. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import type { App } from "../../src/app.ts";
import type { LimitTable } from "../../src/database/postgres/limit-table.ts";
import { ExactLimit } from "../../src/limits/exact-limit.ts";
import { LimitExchange } from "../../src/limits/limit-exchange.ts";
import { RateLimit } from "../../src/limits/rate-limit.ts";
import { RATE_LIMIT_TABLE_BYTES, RateLimitTable } from "../../src/limits/rate-limit-table.ts";
import { failureOf } from "../failure.ts";
import { postgresIsAvailable } from "../postgres.ts";
import { PASSWORD } from "../world.ts";
import { type AppNodes, openAppNodes } from "./app-nodes.ts";

/** A request in a day, so that none becomes free while a test runs. */
const A_DAY = 1 / 1440;

const secretKey = "the key of all nodes";

describe.skipIf(!postgresIsAvailable)("limits over three nodes", () => {
  let nodes: AppNodes;
  beforeAll(async () => {
    nodes = await openAppNodes({ count: 3 });
  });
  afterAll(() => nodes[Symbol.asyncDispose]());
  beforeEach(() => change("delete from rate_limit"));

  const change = (statement: string) =>
    nodes.apps[0].database.write((trx) => sql.raw(statement).execute(trx));

  const tableOf = ({ database: { limits } }: App): LimitTable => {
    if (limits === null) throw new Error("The nodes have no common limits.");
    return limits;
  };

  /** A limit of a machine of its own. */
  function openLimit(perMinute: number, exchanged: LimitTable | null = null, burst?: number) {
    const cells = new RateLimitTable(new Uint8Array(RATE_LIMIT_TABLE_BYTES), 1n);
    const clock = nodes.clock.steady;
    const exchange =
      exchanged && new LimitExchange({ table: exchanged, time: clock, cells, secretKey, clock });
    const size = burst === undefined ? {} : { burst };
    const common = { name: "test", perMinute: () => perMinute, table: cells, clock, ...size };
    return { limit: new RateLimit({ ...common, exchange }), exchange };
  }

  describe("an exact one of 10", () => {
    const open = () =>
      nodes.apps.map(
        (app) =>
          new ExactLimit(openLimit(A_DAY, null, 10).limit, {
            table: tableOf(app),
            time: nodes.clock.steady,
            secretKey,
          }),
      );
    const countTaken = async (limits: readonly ExactLimit[], tries: number) => {
      const asked = Array.from({ length: tries }, (_, at) => limits[at % limits.length]?.take("k"));
      return (await Promise.all(asked)).filter((verdict) => verdict?.allowed).length;
    };

    test("lets ten through that come to all nodes at once", async () => {
      expect(await countTaken(open(), 60)).toBe(10);
    });

    test("lets one through that was given back on another node, and all after a reset", async () => {
      const limits = open();
      await countTaken(limits, 60);
      await limits[0]?.giveBack("k");
      expect(await countTaken(limits.slice(1), 10)).toBe(1);
      await limits[0]?.reset("k");
      expect(await countTaken(limits.slice(0, 1), 20)).toBe(10);
    });

    test("says when the next one is let through", async () => {
      const limits = open();
      await countTaken(limits, 60);
      const verdict = await limits[2]?.take("k");
      expect(verdict).toMatchObject({ allowed: false });
      const seconds = verdict?.allowed === false ? verdict.retryAfterSeconds : 0;
      expect(seconds).toBeWithin(86_000, 86_401);
    });

    test("still counts on each machine after the database has crashed", async () => {
      const limits = open().slice(0, 1);
      expect(await countTaken(limits, 20)).toBe(10);
      await change("truncate rate_limit");
      expect(await countTaken(limits, 20)).toBe(0);
    });

    test("keeps neither keys nor addresses", async () => {
      await open()[0]?.take("203.0.113.7 a typed password");
      const { rows } = await sql<{ key: string }>`select key from rate_limit`.execute(
        nodes.apps[0].database.lookup,
      );
      expect(rows.map(({ key }) => key)).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
    });
  });

  test("wrong passwords at one node count at another", async () => {
    const [here, there] = nodes.apps;
    const signIn = (app: App, password: string) =>
      app.accounts.users.signIn({ username: "admin", password, address: "203.0.113.7" });
    for (let at = 0; at < 3; at++)
      expect(await failureOf(signIn(here, "wrong"))).toMatchObject({ code: "unauthenticated" });
    // As if there had been more of them.
    await change("update rate_limit set used_until = used_until + 120000000");
    expect(await failureOf(signIn(there, PASSWORD))).toMatchObject({ code: "too_many" });
    await change("delete from rate_limit");
    await signIn(there, PASSWORD);
  });

  test("a pass opens once, on whichever node", async () => {
    const [here, there, third] = nodes.apps.map(({ accounts }) => accounts.oncePass);
    const pass = here?.issue("/p/x") ?? "";
    expect(await there?.redeem(pass, "/p/x")).toBe(true);
    expect(await third?.redeem(pass, "/p/x")).toBe(false);
    expect(await here?.redeem(pass, "/p/x")).toBe(false);
  });

  describe("one that nodes tell each other", () => {
    /** Four a minute, one at a time: the next one is free after 15 seconds. */
    const open = (app: App) => openLimit(4, tableOf(app));

    test("is used up by what all nodes have allowed together", async () => {
      const [first, second, third] = nodes.apps.map(open);
      for (const node of [first, second, third]) {
        expect(node?.limit.take("k").allowed).toBe(true);
        expect(node?.limit.take("k").allowed).toBe(false);
        await node?.exchange?.run();
      }
      // The third node knows of all three, which take 45 seconds.
      nodes.clock.advance(16_000);
      expect(third?.limit.take("k").allowed).toBe(false);
      expect(third?.limit.take("other").allowed).toBe(true);
      nodes.clock.advance(30_000);
      expect(third?.limit.take("k").allowed).toBe(true);
    });

    test("goes on alone while the database is away", async () => {
      const gone = await openAppNodes();
      const { limit, exchange } = open(gone.apps[0]);
      await gone[Symbol.asyncDispose]();
      expect(limit.take("k").allowed).toBe(true);
      await failureOf(exchange?.run() ?? Promise.resolve());
      expect(limit.take("k").allowed).toBe(false);
      nodes.clock.advance(15_000);
      expect(limit.take("k").allowed).toBe(true);
      expect(limit.take("k").allowed).toBe(false);
    });

    test("sends nothing where nothing was asked", async () => {
      const { exchange } = open(nodes.apps[0]);
      await exchange?.run();
      const { rows } = await sql`select 1 from rate_limit`.execute(nodes.apps[0].database.lookup);
      expect(rows).toEqual([]);
    });
  });

  test("what is used no longer is forgotten", async () => {
    const table = tableOf(nodes.apps[0]);
    await table.take("old", { now: 1000, taken: 1, most: 10 });
    await table.take("new", { now: 1000, taken: 10, most: 10 });
    await table.forget(1009);
    const { rows } = await sql`select key from rate_limit`.execute(nodes.apps[0].database.lookup);
    expect(rows).toEqual([{ key: "new" }]);
  });
});
