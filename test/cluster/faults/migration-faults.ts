import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { Fault, Ground } from "../fault.ts";
import { ClusterNode } from "../machines/cluster-node.ts";

/** A database that PgBouncer knows, too. */
export const FRESH = "fresh";

export const migrationFaults: readonly Fault[] = [
  { number: 13, name: "three nodes begin a migration at once", redirectsGoOn: true, run: migrate },
];

async function migrate({ cluster, seconds, note, fault }: Ground): Promise<void> {
  const rounds = seconds > 10 ? 4 : 2;
  let slowestMs = 0;
  for (let round = 0; round < rounds; round++) {
    await cluster.primary.sql(`create database ${FRESH} owner trunk8`, "postgres");
    const nodes = ["x", "y", "z"].map(
      (name) =>
        new ClusterNode({
          name,
          folder: join(cluster.folder, `${name}${round}`),
          databaseUrl: cluster.bouncer.url.replace(/trunk8$/, FRESH),
          listenUrl: cluster.primary.url.replace(/trunk8$/, FRESH),
        }),
    );
    const share = join(cluster.folder, `share${round}`);
    mkdirSync(share);
    for (const { dataFolder } of nodes) symlinkSync(share, join(dataFolder, "users"));
    const from = performance.now();
    for (const node of nodes) node.launch();
    try {
      await Promise.all(nodes.map((node) => node.untilReady(60)));
      slowestMs = Math.max(slowestMs, performance.now() - from);
    } catch (error) {
      fault(`round ${round}: ${error}`);
    }
    for (const node of nodes) {
      if (!node.isRunning) fault(`node ${node.name} ended: ${readFileSync(node.log, "utf8")}`);
      await node.kill();
    }
    await cluster.primary.sql(`drop database ${FRESH} with (force)`, "postgres");
  }
  note(`${rounds} rounds, all three ready after at most ${(slowestMs / 1000).toFixed(1)} s`);
}
