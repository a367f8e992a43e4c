import { readdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../until.ts";
import { type Answer, ask } from "../clients/ask.ts";
import { HEADERS, multipart, Uploads } from "../clients/uploads.ts";
import type { Fault, Ground } from "../fault.ts";
import type { ClusterNode } from "../machines/cluster-node.ts";

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
  await killBackups(ground, rounds);
  await killRestores(ground, rounds);
  await killMoves(ground, rounds);
  const { exitCode, stdout } = await ground.cluster.c.call(["doctor", "--deep"]);
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

/** Downloads of a user's archive. */
async function killBackups(ground: Ground, rounds: number): Promise<void> {
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
  return bytes.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1")) > 0;
}

const OWNER = { username: "restored", password: "a long sentence of another" };
const LINKS = 300;

/** Restores links of a user who has lost them, again and again, until it is done. */
async function killRestores(ground: Ground, rounds: number): Promise<void> {
  const { cluster, note, fault } = ground;
  const { c } = cluster;
  const codes = Array.from({ length: LINKS }, (_, at) => `back${at}`);
  await c.callWell(["user", "add", OWNER.username], `${OWNER.password}\n`);
  const lines = codes.map((code) => ({ short_code: code, target: `https://example.com/${code}` }));
  await c.callWell(["add", "--json", "-", "--user", OWNER.username], JSON.stringify(lines));
  const file = join(cluster.folder, "restored.zip");
  await c.callWell(["backup", "--user", OWNER.username, "--out", file]);
  await c.callWell(["rm", "--yes", ...codes]);
  const cookie = await c.signIn(OWNER);
  const bytes = new Uint8Array(await Bun.file(file).arrayBuffer());
  const body = multipart({ restore_mode: "merge" }, "backup_file", "archive.zip", bytes);
  for (let round = 0; round < rounds; round++)
    await killDuring(ground, 300, ask(c.port, "/backup/restore", { cookie, body }));
  const last = await ask(c.port, "/backup/restore", { cookie, body });
  const state = await restoreState(c, cookie, last);
  const rows = await cluster.primary.sql("select 1 from link where short_code like 'back%'");
  note(`restores: ${rounds} cut off, the last one ${state} with ${rows.length} of ${LINKS} links`);
  if (state !== "done" || rows.length !== LINKS) fault(`a restore is ${state}: ${last.text}`);
}

/** A small archive is restored at once, a large one in the background. */
async function restoreState(c: ClusterNode, cookie: string, { status, location }: Answer) {
  if (status === 200 || status === 303) return "done";
  if (status !== 202) return `${status}`;
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

/** Moves to another database: after the kill, changes are accepted again. */
async function killMoves({ cluster, note, fault }: Ground, rounds: number): Promise<void> {
  const { c } = cluster;
  let inTheMiddle = 0;
  for (let round = 0; round < rounds; round++) {
    const move = c.spawn(["move-database", "--to", "sqlite", "--json"]);
    if (await hasSaid(move.stderr, '"copy"')) inTheMiddle++;
    move.kill("SIGKILL");
    await c.kill();
    await c.start();
    await until(() => cluster.isWell(), { what: "changes to be accepted", seconds: 30 });
  }
  note(`moves: ${inTheMiddle} of ${rounds} killed in the middle, changes accepted again`);
  if (inTheMiddle < rounds) fault(`${rounds - inTheMiddle} moves ended before the kill`);
}

async function hasSaid(output: ReadableStream<Uint8Array>, wanted: string): Promise<boolean> {
  let said = "";
  for await (const part of output) {
    said += Buffer.from(part).toString();
    if (said.includes(wanted)) return true;
  }
  return false;
}
