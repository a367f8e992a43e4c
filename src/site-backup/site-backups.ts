import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../app.ts";
import { type Actor, may, type SiteAction } from "../policy.ts";
import { Problem } from "../problem.ts";
import { listSiteArchives } from "./backup-schedule.ts";
import { text } from "./text.en.ts";

/** A backup of the site. `at` is when it was completed, in milliseconds since 1970 UTC. */
export interface PlacedBackup {
  readonly name: string;
  readonly size: number;
  readonly at: number;
}

/**
 * The backups of the site in `backups` of the data folder, the oldest first.
 * @throws Problem `forbidden`
 */
export async function listSiteBackups(app: App, actor: Actor): Promise<PlacedBackup[]> {
  requireSiteBackup(actor, "site_backup.list");
  const names = await listSiteArchives(app).catch(() => []);
  const found = names.map(async (name) => {
    const file = await stat(pathOf(app, name)).catch(() => null);
    return file === null ? [] : [{ name, size: file.size, at: Math.round(file.mtimeMs) }];
  });
  return (await Promise.all(found)).flat();
}

/**
 * The backup of that name, and where it is; null if there is none.
 * @throws Problem `forbidden`
 */
export async function findSiteBackup(
  app: App,
  actor: Actor,
  name: string,
): Promise<(PlacedBackup & { readonly path: string }) | null> {
  requireSiteBackup(actor, "site_backup.download");
  const found = (await listSiteBackups(app, actor)).find((backup) => backup.name === name);
  return found === undefined ? null : { ...found, path: pathOf(app, name) };
}

function pathOf({ live }: App, name: string): string {
  return join(live.dataFolder, "backups", name);
}

/** @throws Problem `forbidden` */
export function requireSiteBackup(
  actor: Actor,
  action: Extract<SiteAction, `site_backup.${string}`>,
): void {
  if (!may(actor, action)) throw new Problem("forbidden", text.mayNotBackUp);
}
