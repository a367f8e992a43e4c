import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../until.ts";
import { type KilledServer, type KillPoint, signIn, startServer } from "./killed-server.ts";
import { type Findings, type RequestedUpload, verifyUploads } from "./verify-store.ts";

/** Number of parallel uploads. */
const UPLOADERS = 4;
const MAX_BYTES = 2_000_000;

/** Every n-th upload has the same content as earlier ones. */
const SAME_EVERY = 4;

/** If the system call is not reached in this time, the server is killed anyway. */
const TIMEOUT_MS = 1000;
const CLEANUP_SECONDS = 5;

/** Kills a server during uploads into `dataFolder`, `rounds` times, and verifies the result. */
export async function killUploads(
  dataFolder: string,
  rounds: number,
  onRound: (round: number, killPoint: KillPoint, acknowledged: number) => void = () => {},
): Promise<Findings> {
  const cookie = await openFirst(dataFolder);
  const asked: RequestedUpload[] = [];
  const faults: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const killPoint = chooseKillPoint(dataFolder, round);
    const server = await startServer(dataFolder, killPoint);
    if (server !== null) {
      if (!(await draftsAreGone(dataFolder)))
        faults.push(`Drafts are left after the start of round ${round}.`);
      await uploadUntilKilled(server, killPoint, { cookie, prefix: `r${round}`, asked });
    }
    onRound(round, killPoint, asked.filter((one) => one.isAcknowledged).length);
  }
  const left = await verifyAfterRestart(dataFolder, asked);
  return { ...left, faults: [...faults, ...left.faults] };
}

/** The first start, which creates the database, is not killed. */
async function openFirst(dataFolder: string): Promise<string> {
  const first = await startServer(dataFolder, NEVER);
  if (first === null) throw new Error("The server did not start.");
  const cookie = await signIn(first.origin);
  first.kill("SIGTERM");
  await first.exited;
  return cookie;
}

const NEVER: KillPoint = { name: "time", afterMs: Infinity };

const hasStrace = Bun.which("strace") !== null;

/** Every second kill is at a random time, the others at a rename, an fsync or a write to the database. */
function chooseKillPoint(dataFolder: string, round: number): KillPoint {
  const points = [
    { name: "rename", calls: "rename,renameat,renameat2", paths: [], most: 8 },
    { name: "fsync", calls: "fsync,fdatasync", paths: [], most: 40 },
    { name: "pwrite", calls: "pwrite64", paths: databaseFiles(dataFolder), most: 60 },
  ];
  const point = round % 2 === 1 && hasStrace ? points[(round >> 1) % points.length] : undefined;
  if (point === undefined) return { name: "time", afterMs: Math.random() * 250 };
  return { ...point, at: 1 + Math.floor(Math.random() * point.most) };
}

function databaseFiles(dataFolder: string): string[] {
  return ["trunk8.db", "trunk8.db-wal"].map((name) => join(dataFolder, name));
}

/** Drafts are cleaned up shortly after the start of the server. */
async function draftsAreGone(dataFolder: string): Promise<boolean> {
  const drafts = join(dataFolder, "users/admin/assets/.uploads");
  const isEmpty = () => !existsSync(drafts) || readdirSync(drafts).length === 0;
  try {
    return await until(isEmpty, { what: "the cleanup of drafts", seconds: CLEANUP_SECONDS });
  } catch {
    return false;
  }
}

interface Round {
  readonly cookie: string;
  readonly prefix: string;
  readonly asked: RequestedUpload[];
}

async function uploadUntilKilled(
  server: KilledServer,
  killPoint: KillPoint,
  round: Round,
): Promise<void> {
  const afterMs = "afterMs" in killPoint ? killPoint.afterMs : TIMEOUT_MS;
  const timer = setTimeout(() => server.kill("SIGKILL"), afterMs);
  const uploaders = Array.from({ length: UPLOADERS }, (_, at) => uploadOn(server, round, at));
  await Promise.all([...uploaders, server.exited]);
  clearTimeout(timer);
}

/** Uploads files one after another until the server no longer responds. */
async function uploadOn({ origin }: KilledServer, round: Round, at: number): Promise<void> {
  for (let count = 0; ; count++) {
    const code = `${round.prefix}-${at}-${count}`;
    const bytes = count % SAME_EVERY === SAME_EVERY - 1 ? SAME : someBytes();
    const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    const asked: RequestedUpload = { code, sha256, isAcknowledged: false };
    round.asked.push(asked);
    const answer = await upload(origin, round.cookie, code, bytes).catch(() => null);
    if (answer === null) return;
    if (answer.status !== 201) throw new Error(`${code} returned ${answer.status}.`);
    asked.isAcknowledged = true;
  }
}

const SAME = new Uint8Array(50_000).fill(7);

function someBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor(Math.random() * MAX_BYTES));
  crypto.getRandomValues(bytes.subarray(0, 32));
  return bytes;
}

async function upload(
  origin: string,
  cookie: string,
  code: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const body = new FormData();
  body.set("link_type", "file");
  body.set("short_code", code);
  body.set("file", new Blob([bytes]), "a.zip");
  const headers = { cookie, accept: "application/json" };
  return await fetch(`${origin}/add`, { method: "POST", body, headers });
}

async function verifyAfterRestart(
  dataFolder: string,
  asked: readonly RequestedUpload[],
): Promise<Findings> {
  const last = await startServer(dataFolder, NEVER);
  if (last === null) throw new Error("The server did not start again.");
  const gone = await draftsAreGone(dataFolder);
  const findings = await verifyUploads(last.origin, dataFolder, asked, async () => {
    last.kill("SIGTERM");
    await last.exited;
  });
  return gone
    ? findings
    : { ...findings, faults: [...findings.faults, "Drafts are left after the last start."] };
}
