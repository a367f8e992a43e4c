import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Asked, type Findings, judge } from "./judge.ts";
import { type Death, signIn, startVictim, type Victim } from "./victim.ts";

/** Uploads under way at once. */
const UPLOADERS = 4;
const MOST_BYTES = 2_000_000;

/** Every so many uploads bring bytes that are there already. */
const SAME_EVERY = 4;

/** A point that is not reached in this time is not waited for. */
const MOST_MS = 1000;
const DRAFTS_GONE_MS = 5000;

/** Kills a server over `dataFolder` in the midst of uploads, `rounds` times, and judges what is left. */
export async function killUploads(
  dataFolder: string,
  rounds: number,
  onRound: (round: number, death: Death, acknowledged: number) => void = () => {},
): Promise<Findings> {
  const cookie = await openFirst(dataFolder);
  const asked: Asked[] = [];
  const faults: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const death = chooseDeath(dataFolder, round);
    const victim = await startVictim(dataFolder, death);
    if (victim !== null) {
      if (!(await draftsAreGone(dataFolder))) faults.push(`Drafts outlived the start of ${round}.`);
      await uploadUntilDead(victim, death, { cookie, prefix: `r${round}`, asked });
    }
    onRound(round, death, asked.filter((one) => one.isAcknowledged).length);
  }
  const left = await judgeRunning(dataFolder, asked);
  return { ...left, faults: [...faults, ...left.faults] };
}

/** The very first start makes the database and whatever else there is once; nobody dies in it. */
async function openFirst(dataFolder: string): Promise<string> {
  const first = await startVictim(dataFolder, NO_DEATH);
  if (first === null) throw new Error("The server did not start.");
  const cookie = await signIn(first.origin);
  first.kill("SIGTERM");
  await first.died;
  return cookie;
}

const NO_DEATH: Death = { name: "time", afterMs: Infinity };

const hasStrace = Bun.which("strace") !== null;

/** Every second death comes at some time; the others at a rename, an fsync, a write to the database. */
function chooseDeath(dataFolder: string, round: number): Death {
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

/** The sweeper begins with the server, and needs a moment. */
async function draftsAreGone(dataFolder: string): Promise<boolean> {
  const drafts = join(dataFolder, "users/admin/assets/.drafts");
  for (let waited = 0; waited < DRAFTS_GONE_MS; waited += 20) {
    if (!existsSync(drafts) || readdirSync(drafts).length === 0) return true;
    await Bun.sleep(20);
  }
  return false;
}

interface Round {
  readonly cookie: string;
  readonly prefix: string;
  readonly asked: Asked[];
}

async function uploadUntilDead(victim: Victim, death: Death, round: Round): Promise<void> {
  const afterMs = "afterMs" in death ? death.afterMs : MOST_MS;
  const timer = setTimeout(() => victim.kill("SIGKILL"), afterMs);
  const uploaders = Array.from({ length: UPLOADERS }, (_, at) => uploadOn(victim, round, at));
  await Promise.all([...uploaders, victim.died]);
  clearTimeout(timer);
}

/** One upload after another, until none is answered any more. */
async function uploadOn({ origin }: Victim, round: Round, at: number): Promise<void> {
  for (let count = 0; ; count++) {
    const code = `${round.prefix}-${at}-${count}`;
    const bytes = count % SAME_EVERY === SAME_EVERY - 1 ? SAME : someBytes();
    const sha256 = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
    const asked: Asked = { code, sha256, isAcknowledged: false };
    round.asked.push(asked);
    const answer = await upload(origin, round.cookie, code, bytes).catch(() => null);
    if (answer === null) return;
    if (answer.status !== 201) throw new Error(`${code} was answered with ${answer.status}.`);
    asked.isAcknowledged = true;
  }
}

const SAME = new Uint8Array(50_000).fill(7);

function someBytes(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor(Math.random() * MOST_BYTES));
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

async function judgeRunning(dataFolder: string, asked: readonly Asked[]): Promise<Findings> {
  const last = await startVictim(dataFolder, NO_DEATH);
  if (last === null) throw new Error("The server did not start again.");
  const gone = await draftsAreGone(dataFolder);
  const findings = await judge(last.origin, dataFolder, asked, async () => {
    last.kill("SIGTERM");
    await last.died;
  });
  return gone ? findings : { ...findings, faults: [...findings.faults, "Drafts are left."] };
}
