import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Database } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { LinkCache } from "../../../src/links/link-cache.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { until } from "../../until.ts";
import { pointLink } from "../point.ts";

interface NodeOptions {
  readonly serveStaleMs?: number;
  /** The data folder of a node that was there before; else a new one. */
  readonly folder?: string;
}

/** One of several nodes on a PostgreSQL: each has a data folder of its own, so only NOTIFY tells one about another. */
export class TestNode {
  readonly database: Database;
  readonly cache: LinkCache;
  readonly folder: string;

  private constructor(database: Database, folder: string) {
    this.database = database;
    this.cache = new LinkCache(database, 100);
    this.folder = folder;
  }

  static async open(url: string, listenUrl = url, options: NodeOptions = {}): Promise<TestNode> {
    const { serveStaleMs = 0, folder = mkdtempSync(join(tmpdir(), "trunk8-node-")) } = options;
    const same = { url, listenUrl, serveStaleMs, poolSize: 3, dataFolder: folder };
    return new TestNode(await openDatabase({ ...same, log: silentLog() }), folder);
  }

  /** Adds the user that `point` makes links of. */
  async addOwner(): Promise<void> {
    const names = { username: "owner", display_name: "" };
    const owner = { ...names, role: "user", disabled: 0, created_at: 0 } as const;
    await this.database.write((trx) => trx.insertInto("user").values(owner).execute());
  }

  point(code: string, to: string): Promise<void> {
    return pointLink(this.database, code, `https://example.com/${to}`);
  }

  /** What the link of a code was pointed to last, as this node answers it. */
  async targetOf(code: string): Promise<string | null> {
    return (await this.cache.find(code))?.location.split("/").at(-1) ?? null;
  }

  untilTarget(code: string, target: string): Promise<unknown> {
    const isThere = async () => (await this.targetOf(code)) === target;
    return until(isThere, { what: `the target ${target}` });
  }

  /** Points a code until that succeeds. */
  untilWritten(code: string, to: string): Promise<unknown> {
    return until(() => this.point(code, to).then(() => true), { what: `a write of ${to}` });
  }

  /** Asks for a link, and whether it is in memory then. */
  async isCached(code: string): Promise<boolean> {
    await this.targetOf(code);
    return this.cache.peek(code) !== undefined;
  }

  untilCached(code: string): Promise<unknown> {
    return until(() => this.isCached(code), { what: "a cached link" });
  }

  async close(): Promise<void> {
    await this.database.close();
    rmSync(this.folder, { recursive: true });
  }
}
