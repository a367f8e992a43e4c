import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as hostile from "../../test/hostile/archives.ts";
import { endScript, readScriptOrder } from "../machine/child.ts";
import { Attacker } from "./attacker.ts";
import { openWithReferrers } from "./referrers.ts";
import type { Site } from "./site.ts";
import { holdForms, sendWithoutEnd } from "./slow-requests.ts";

export interface AttackOrder extends Site {
  readonly name: string;
  readonly quick: boolean;
  readonly dataFolder: string;
}

export interface AttackResult {
  /** What the attacker got: how often each status. */
  readonly answers: Readonly<Record<string, number>>;
  /** Bytes that the attacker had on the disk at most. */
  readonly diskBytes: number;
}

type Attack = (attacker: Attacker, order: AttackOrder) => Promise<void>;

const SOURCES = 24;
const VIEWS_EACH = 10;
const OPENINGS = 50_000;
const FORMS = 90;

/** Each begins with the number of its finding in the security review. */
export const attacks = {
  "S1 manifest wrong 400,000 times": (attacker) =>
    sendAll(attacker, [hostile.longList("links", 400_000)]),
  "S1 entries, visitors wrong": (attacker) =>
    sendAll(attacker, [
      hostile.longList("entries", 400_000),
      hostile.longList("visitors", 400_000),
    ]),
  "S2 link of the year -100000": openAncient,
  "S3 name of 64,000 blanks": longNames,
  "S5 openings, random referrers": async (attacker, { port }) => {
    attacker.count(await openWithReferrers(port, OPENINGS));
  },
  "S6 visits that overflow": overflow,
  "S7 24 viewers of source files": viewSources,
  "S8 key of 100,000 parts": (attacker) => sendAll(attacker, [hostile.longKey(100_000)]),
  "S8 text of 8 million lines": (attacker) => sendAll(attacker, [hostile.longText(8_000_000)]),
  "S8 100,000 old links": (attacker) => sendAll(attacker, [hostile.manyOldLinks(100_000)]),
  "S8 million hours": (attacker) => sendAll(attacker, [hostile.manyHours(1_000_000)]),
  "S8 restore of 50,000 links with visits": (attacker) =>
    sendAll(attacker, [hostile.manyLinksWithHours(50_000)]),
  "S9 quota 1 MB, endless uploads": async (attacker, { port, cookies }) => {
    attacker.count(await sendWithoutEnd(port, cookies.cramped ?? ""));
  },
  "S9 sent backups": sendBackups,
  "S10 90 unfinished forms": async (attacker, { port, cookies }) => {
    attacker.count(await holdForms(port, cookies.mallory ?? "", FORMS));
  },
} satisfies Record<string, Attack>;

export type AttackName = keyof typeof attacks;

async function sendAll(
  attacker: Attacker,
  zips: readonly Uint8Array<ArrayBuffer>[],
): Promise<void> {
  for (const zip of zips) {
    await attacker.send(zip, { preview: true });
    await attacker.send(zip, { preview: false });
  }
}

async function openAncient(attacker: Attacker): Promise<void> {
  for (const createdAt of [-3.2e15, -3.7e14, -8.64e15]) {
    await attacker.send(hostile.archiveOf([{ created_at: createdAt }]), { preview: false });
    const pages = Array.from({ length: 4 }, () => attacker.get("/-/links/hostile?period=all"));
    await Promise.all(pages);
  }
}

/** In an archive, and as names of files of a form. */
async function longNames(attacker: Attacker): Promise<void> {
  await sendAll(attacker, [hostile.longFileName(64_000), hostile.longFileName(640_000)]);
  const body = new FormData();
  body.append("link_type", "file");
  for (const field of ["file", "markdown_file", "html_file"])
    body.append(field, new File(["a"], `a${" ".repeat(15_500)}b.txt`));
  await attacker.post("/add", body);
}

async function overflow(attacker: Attacker): Promise<void> {
  for (const visits of [Number.MAX_SAFE_INTEGER, 1e9]) {
    const links = Array.from({ length: 1100 }, (_, at) => {
      return { short_code: `overflow-${at}`, visits, last_visit_at: 1_700_000_000_000 };
    });
    await attacker.send(hostile.archiveOf(links), { preview: false });
    await attacker.get("/");
  }
}

/** Files of 45 KB, all different. */
async function viewSources(attacker: Attacker): Promise<void> {
  const codes = Array.from({ length: SOURCES }, (_, at) => `source-${at}`);
  for (const code of codes) {
    const body = new FormData();
    body.append("link_type", "file");
    body.append("short_code", code);
    body.append("file", new File([sourceOf(code)], `${code}.py`));
    await attacker.post("/add", body);
  }
  await Promise.all(codes.map((code) => view(attacker, code)));
}

function sourceOf(code: string): string {
  const lines = Array.from(
    { length: 1000 },
    (_, line) => `def f${line}(x): return "${code} ${line}" + str(x)\n`,
  );
  return lines.join("");
}

async function view(attacker: Attacker, code: string): Promise<void> {
  for (let turn = 0; turn < VIEWS_EACH; turn++)
    await attacker.get(`/-/view/${code}`, { isStranger: true });
}

/** Each of 40 MB, which a preview keeps. */
async function sendBackups(attacker: Attacker): Promise<void> {
  const zip = new Uint8Array(40_000_000);
  const cramped = attacker.as("cramped");
  for (let at = 0; at < 3; at++) {
    await attacker.send(zip, { preview: true });
    await cramped.send(zip, { preview: true });
  }
}

async function run(order: AttackOrder): Promise<AttackResult> {
  const attacker = new Attacker(order);
  const folders = [join(order.dataFolder, "backups"), join(order.dataFolder, "users")];
  const size = () => folders.reduce((sum, folder) => sum + sizeOf(folder), 0);
  const before = size();
  let diskBytes = 0;
  const look = setInterval(() => {
    diskBytes = Math.max(diskBytes, size() - before);
  }, 500);
  await attacks[order.name as AttackName](attacker, order);
  clearInterval(look);
  return { answers: attacker.answers, diskBytes };
}

function sizeOf(folder: string): number {
  let bytes = 0;
  try {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
      bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  } catch {
    // A folder was removed while it was read.
  }
  return bytes;
}

if (import.meta.main) await endScript(await run(readScriptOrder<AttackOrder>()));
