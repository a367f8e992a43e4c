import { rmSync } from "node:fs";
import { join } from "node:path";
import { LeftOut } from "../../deploy/report.ts";
import { runWell } from "../../deploy/tools.ts";
import { until } from "../../until.ts";
import { Uploads } from "../clients/uploads.ts";
import type { Fault, Ground } from "../fault.ts";
import { isInNamespace } from "../namespace.ts";

const SMALL = 20_000;

/** Faults of the shared folder. */
export const fileFaults: readonly Fault[] = [
  {
    number: 9,
    name: "the share read-only, full, not mounted",
    redirectsGoOn: true,
    run: loseShare,
  },
];

async function loseShare(ground: Ground): Promise<void> {
  if (!isInNamespace) throw new LeftOut("this machine lets nobody mount (unshare --mount)");
  const { cluster, note, fault } = ground;
  const uploads = new Uploads(cluster);
  for (const node of cluster.nodes) await uploads.send(node, SMALL);
  const users = join(cluster.c.dataFolder, "users");
  await refused(ground, uploads, "read-only", {
    begin: () => runWell(["mount", "-o", "remount,bind,ro", users]),
    end: () => runWell(["mount", "-o", "remount,bind,rw", users]),
  });
  const filling = join(cluster.share, "filling");
  await refused(ground, uploads, "full", {
    begin: () => runWell(["sh", "-c", `cat /dev/zero >${filling} 2>&1 || true`]),
    end: async () => rmSync(filling),
  });
  await refused(ground, uploads, "not mounted", {
    begin: () => runWell(["umount", "-l", users]),
    end: () => cluster.mount(cluster.c),
  });
  await until(() => cluster.c.isReady(), { what: "node c with its share" });
  for (const node of cluster.nodes) await uploads.send(node, SMALL);
  const lost = await uploads.lost();
  note(`${uploads.count} files acknowledged, ${lost.length} lost`);
  for (const each of lost) fault(each);
}

/** Node c takes no file meanwhile, and takes them again afterwards without hands. */
async function refused(
  { cluster, note, fault, seconds }: Ground,
  uploads: Uploads,
  name: string,
  { begin, end }: { begin(): Promise<unknown>; end(): Promise<unknown> },
): Promise<void> {
  await begin();
  await Bun.sleep((seconds * 1000) / 5);
  const { status } = await uploads.send(cluster.c, SMALL);
  note(`${name}: an upload ${status}, ready ${await cluster.c.isReady()}`);
  if (status < 500) fault(`${name}: an upload was answered with ${status}`);
  await end();
  const taken = async () => {
    const { status, text } = await uploads.send(cluster.c, SMALL);
    if (status !== 201) throw new Error(`${status} ${text}`);
    return true;
  };
  await until(taken, { what: `an upload after "${name}"` });
}
