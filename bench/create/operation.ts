import type { App } from "../../src/app.ts";
import { inputContext, parseNewLink } from "../../src/links/input/link-schema.ts";
import { operator } from "../../src/policy.ts";
import { type CreatesResult, summarizeCreates } from "../load/creates.ts";
import { inTurn } from "../load/in-turn.ts";
import { endScript, readScriptOrder } from "../machine/child.ts";
import { withApp } from "../seed/files.ts";

export interface OperationOrder {
  readonly dataFolder: string;
  /** Prefix of the short codes, different in each run. */
  readonly prefix: string;
  readonly clients: number;
  readonly seconds: number;
}

export interface OperationResult extends CreatesResult {
  /** Per create. */
  readonly cpuMicros: number;
}

/** Creates links as the form does, but without HTTP. */
async function createByVerb(app: App, order: OperationOrder): Promise<OperationResult> {
  const admin = await app.accounts.users.findByUsername("admin");
  if (admin === null) throw new Error("There is no administrator.");
  const used = process.cpuUsage();
  const start = performance.now();
  const times = await inTurn(order.clients, order.seconds, async (at, startedAt) => {
    await createLink(app, admin.id, `${order.prefix}-${at}`);
    return performance.now() - startedAt;
  });
  const { user, system } = process.cpuUsage(used);
  const result = summarizeCreates(times, (performance.now() - start) / 1000);
  return { ...result, cpuMicros: (user + system) / result.acknowledged };
}

async function createLink(app: App, ownerId: number, shortCode: string): Promise<void> {
  const target = `https://www.shop.example/made/${shortCode}`;
  const input = parseNewLink({ shortCode, target }, inputContext(app, []));
  await app.links.create(operator, { ownerId }, input);
}

if (import.meta.main) {
  const order = readScriptOrder<OperationOrder>();
  await endScript(await withApp(order.dataFolder, (app) => createByVerb(app, order)));
}
