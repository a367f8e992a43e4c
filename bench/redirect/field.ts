import { join } from "node:path";
import { type RequestFiles, writeRequests } from "../load/requests.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { type LinkSeed, linksUpTo, seedLinks } from "../seed/links.ts";
import { startNginx } from "../sides/nginx.ts";
import { startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { type Counting, readStored } from "./counted.ts";
import { verifySample } from "./verify.ts";

/** One of our servers, its links, and the number of requests it got. */
export interface Field {
  readonly side: Side;
  readonly seed: LinkSeed;
  readonly files: RequestFiles;
  readonly dataFolder: string;
  /** Requests answered so far, and those that may have been answered. */
  answered: number;
  underWay: number;
}

export interface FieldOrder {
  readonly program: string;
  readonly folder: string;
  readonly count: number;
  readonly workers: string | null;
  /** Name in the tables. */
  readonly name: string;
}

/** Starts our server on a copy of a seed, and checks its redirects. */
export async function openField({
  program,
  folder,
  count,
  workers,
  name,
}: FieldOrder): Promise<Field> {
  const seed = await seedLinks(count);
  const dataFolder = join(folder, `data-${name.replaceAll(/\W/g, "-")}-${count}`);
  takeCopy(seed, dataFolder);
  const side = await startOurs({ program, dataFolder, folder, workers, name });
  const files = await writeRequests(folder, count);
  const answered = await verifySample(side, count);
  return { side, seed, files, dataFolder, answered, underWay: 0 };
}

/** nginx with the same links. */
export async function startRival(folder: string, count: number): Promise<Side> {
  const side = await startNginx(folder, linksUpTo(count));
  await verifySample(side, count);
  return side;
}

/** Reads the counts after the server has stopped and saved them. */
export async function countVisits(field: Field): Promise<Counting & { made: number }> {
  await field.side.stop();
  const { visits, made } = await readStored(field.dataFolder);
  const { answered, underWay, side, seed } = field;
  const server = `${side.name}, ${seed.count.toLocaleString("en-US")} links`;
  return { server, answered, underWay, counted: visits, made };
}
