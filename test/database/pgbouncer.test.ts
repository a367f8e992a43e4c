/** Nodes whose connections go through a real PgBouncer in transaction mode, but for the one that listens. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect as connectTo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { LinkCache } from "../../src/links/link-cache.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { hasPgBouncer, PgBouncer } from "../pgbouncer-server.ts";
import { openPostgres, postgresIsAvailable } from "../postgres.ts";
import { until } from "../until.ts";
import { pointLink } from "./point.ts";

/** Passes bytes on to PostgreSQL until it is frozen: then it keeps them, and the connections stay open. */
class FreezingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isFrozen = false;

  constructor(target: URL) {
    this.#server = createServer((client) => {
      const server = connectTo(Number(target.port), target.hostname);
      for (const [from, to] of [
        [client, server],
        [server, client],
      ] as const) {
        this.#sockets.add(from);
        from.on("data", (bytes) => to.write(bytes));
        if (this.#isFrozen) from.pause();
        from.on("close", () => to.destroy());
        from.on("error", () => to.destroy());
      }
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as { port: number }).port;
  }

  freeze(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    for (const socket of this.#sockets) isFrozen ? socket.pause() : socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

interface Node {
  readonly database: Database;
  readonly cache: LinkCache;
  close(): Promise<void>;
}

async function openNode(url: string, listenUrl: string): Promise<Node> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-node-"));
  const options = { url, listenUrl, poolSize: 8, dataFolder: folder, log: silentLog() };
  const database = await openDatabase(options);
  const close = async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  };
  return { database, cache: new LinkCache(database, 100), close };
}

describe.skipIf(!postgresIsAvailable || !hasPgBouncer)("behind PgBouncer", () => {
  let server: { url: string; drop(): Promise<void> };
  let bouncer: PgBouncer;
  let proxy: FreezingProxy;
  let here: Node;
  let there: Node;

  beforeAll(async () => {
    server = await (await openPostgres()).freshDatabase();
    bouncer = await PgBouncer.start(server.url);
    proxy = new FreezingProxy(new URL(server.url));
    const throughProxy = new URL(server.url);
    throughProxy.port = String(await proxy.listen());
    here = await openNode(bouncer.url, server.url);
    there = await openNode(bouncer.url, throughProxy.href);
    const owner = {
      username: "o",
      display_name: "",
      role: "user",
      disabled: 0,
      created_at: 0,
    } as const;
    await here.database.write((trx) => trx.insertInto("user").values(owner).execute());
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await proxy[Symbol.asyncDispose]();
    await bouncer[Symbol.asyncDispose]();
    await server.drop();
  });
  beforeEach(() => proxy.freeze(false));

  const point = (node: Node, code: string, to: string) =>
    pointLink(node.database, code, `https://example.com/${to}`);
  const targetAt = async ({ cache }: Node, code: string) =>
    (await cache.find(code))?.location.split("/").at(-1) ?? null;
  const isCached = async (node: Node, code: string) => {
    await targetAt(node, code);
    return node.cache.peek(code) !== undefined;
  };
  const untilCached = (node: Node) =>
    until(() => isCached(node, "code"), { what: "a cached link" });

  test("both nodes answer from memory, and hear of each other's changes", async () => {
    await point(here, "code", "1");
    await untilCached(there);
    await point(here, "code", "2");
    await until(async () => (await targetAt(there, "code")) === "2", { what: "the new target" });
    await untilCached(there);
    expect(there.database.changesDelayMs()).toBeGreaterThan(0);
    await there.database.probes.changes();
  });

  test("more writers than connections wait for each other, and none fails", async () => {
    const codes = Array.from({ length: 200 }, (_, at) => `c${at}`);
    await Promise.all(codes.map((code, at) => point(at % 2 === 0 ? here : there, code, "x")));
    const { count } = await here.database.read
      .selectFrom("link")
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .where(sql`short_code`, "like", "c%")
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBeGreaterThanOrEqual(200);
  });

  test("the timeout for locks ends with its transaction", async () => {
    const inside = await here.database.write((trx) =>
      sql<{ lock_timeout: string }>`show lock_timeout`.execute(trx),
    );
    expect(inside.rows).toEqual([{ lock_timeout: "5s" }]);
    const outside = await sql<{ lock_timeout: string }>`show lock_timeout`.execute(
      here.database.read,
    );
    expect(outside.rows).toEqual([{ lock_timeout: "0" }]);
  });

  test("a node whose listening connection is silent answers from the database", async () => {
    await point(here, "code", "3");
    await untilCached(there);
    proxy.freeze(true);
    await point(here, "code", "4");
    await until(async () => (await targetAt(there, "code")) === "4", { what: "the new target" });
    await until(async () => !(await isCached(there, "code")), { what: "doubt" });
    expect(there.database.probes.changes()).rejects.toMatchObject({ code: "busy" });
    // A new connection through the thawed proxy is made without anybody's help.
    proxy.freeze(false);
    await untilCached(there);
  });

  test("PgBouncer may be restarted", async () => {
    await bouncer.stop();
    expect(point(here, "code", "5")).rejects.toMatchObject({ code: "busy" });
    await bouncer.start();
    await until(
      () =>
        point(here, "code", "6").then(
          () => true,
          () => false,
        ),
      { what: "a write" },
    );
    await until(async () => (await targetAt(there, "code")) === "6", { what: "the new target" });
    await untilCached(there);
  });

  test("without a connection of its own to listen, a node never answers from memory", async () => {
    const deaf = await openNode(bouncer.url, bouncer.url);
    await point(here, "code", "7");
    expect(await targetAt(deaf, "code")).toBe("7");
    expect(deaf.database.probes.changes()).rejects.toMatchObject({ code: "busy" });
    await point(here, "code", "8");
    expect(await targetAt(deaf, "code")).toBe("8");
    await deaf.close();
  });
});
