import { readdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../until.ts";
import { ask } from "../ask.ts";
import type { Fault, Ground } from "../fault.ts";
import { HEADERS, multipart, Uploads } from "../uploads.ts";

const LARGE = 3_000_000;

/** Faults of a node that is killed while it does something long. */
export const killFaults: readonly Fault[] = [
  {
    number: 12,
    name: "a node killed in the middle of its work",
    redirectsGoOn: true,
    run: killAll,
  },
];

async function killAll(ground: Ground): Promise<void> {
  const rounds = ground.seconds > 10 ? 6 : 2;
  await killUploads(ground, rounds);
  const archive = await killBackups(ground, rounds);
  await killRestores(ground, rounds, archive);
  const { exitCode, stdout } = await ground.cluster.c.call("doctor", "--deep");
  ground.note(`trunk8 doctor --deep: ${exitCode}`);
  if (exitCode !== 0) ground.fault(`doctor: ${stdout.replaceAll("\n", " | ")}`);
}

/** Kills node c at a random moment of `work`, and starts it again. */
async function killDuring({ cluster }: Ground, mostMs: number, work: Promise<unknown>) {
  const { c } = cluster;
  await Bun.sleep(Math.random() * mostMs);
  await c.kill();
  await work;
  await c.start();
}

async function killUploads(ground: Ground, rounds: number): Promise<void> {
  const { cluster, note, fault } = ground;
  const uploads = new Uploads(cluster);
  for (let round = 0; round < rounds; round++) {
    const work = Promise.all([1, 2, 3].map(() => uploadUntilKilled(ground, uploads)));
    await killDuring(ground, 1500, work);
  }
  const drafts = join(cluster.share, "admin/assets/.drafts");
  await until(() => listed(drafts).length === 0, { what: "the removal of drafts" }).catch(() =>
    fault(`${listed(drafts).length} drafts are left`),
  );
  const lost = await uploads.lost();
  note(`uploads: ${uploads.count} acknowledged, ${lost.length} lost`);
  for (const each of lost) fault(each);
}

async function uploadUntilKilled({ cluster }: Ground, uploads: Uploads): Promise<void> {
  while ((await uploads.send(cluster.c, Math.ceil(Math.random() * LARGE))).status === 201);
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Downloads of a user's archive; returns one that is whole. */
async function killBackups(ground: Ground, rounds: number): Promise<Buffer> {
  const { note, fault } = ground;
  let whole = 0;
  for (let round = 0; round < rounds; round++) {
    const work = download(ground).then(
      (bytes) => void (isWhole(bytes) && whole++),
      () => {},
    );
    await killDuring(ground, 300, work);
  }
  const bytes = await download(ground);
  if (!isWhole(bytes)) fault(`a backup after the kills has ${bytes.length} bytes, and no end`);
  note(`backups: ${rounds - whole} of ${rounds} cut off, the next one whole`);
  return bytes;
}

async function download({ cluster }: Ground): Promise<Buffer> {
  const { cookie, c } = cluster;
  const headers = { ...HEADERS, cookie };
  const url = `http://127.0.0.1:${c.port}/backup/create`;
  const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams() });
  return Buffer.from(await answer.arrayBuffer());
}

/** The end of the central directory. */
function isWhole(bytes: Buffer): boolean {
  return bytes.lastIndexOf("PK\u0005\u0006", undefined, "latin1") > 0;
}

/** Restores the same archive over the links that it was made of. */
async function killRestores(ground: Ground, rounds: number, archive: Buffer): Promise<void> {
  const { cluster, note, fault } = ground;
  const { c, cookie } = cluster;
  const body = multipart({ restore_mode: "merge" }, "backup_file", "archive.zip", archive);
  for (let round = 0; round < rounds; round++)
    await killDuring(ground, 300, ask(c.port, "/backup/restore", { cookie, body }));
  const last = await ask(c.port, "/backup/restore", { cookie, body });
  const state = await restoreState(ground, last.status, last.location);
  note(`restores: the last one ${state}`);
  if (state !== "done") fault(`a restore after the kills is ${state}: ${last.text.slice(0, 300)}`);
}

async function restoreState({ cluster }: Ground, status: number, location: string) {
  if (status === 200) return "done";
  if (status !== 202) return `${status}`;
  const { cookie, c } = cluster;
  const path = location.replace("https://x.example", "");
  return await until(
    async () => {
      const headers = { ...HEADERS, cookie, accept: "application/json" };
      const answer = await fetch(`http://127.0.0.1:${c.port}${path}`, { headers });
      const { state } = (await answer.json()) as { state: string };
      return state === "running" ? null : state;
    },
    { what: "the restore", seconds: 60 },
  );
}
