import { connect } from "node:net";
import { join } from "node:path";
import { takeCopy } from "../../bench/seed/keep-seed.ts";
import { linkAt, seedLinks } from "../../bench/seed/links.ts";
import { longText, manyHours, manyLinks, manyOldLinks } from "../hostile/archives.ts";
import { type Site, signIn, startSite } from "../server/site.ts";
import { ControlGroup } from "./control-group.ts";

const LINKS = 100_000;
const MEGABYTE = 1_048_576;
const PROGRAM = [new URL("../../bin/trunk8", import.meta.url).pathname];

export interface MemoryFindings {
  readonly runs: readonly Run[];
  readonly faults: readonly string[];
}

interface Run {
  readonly limitMB: number;
  readonly idleMB: number;
  readonly highestMB: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

/** A client that goes on until its time is up. */
type Client = (site: LoadedSite) => Promise<void>;

/** Two workers under a memory limit, with a hundred thousand links: nobody is killed, and redirects are answered. */
export async function exceedMemory(folder: string, seconds: number): Promise<MemoryFindings> {
  const everything = [
    ...Array<Client>(8).fill(openLinks),
    ...Array<Client>(4).fill(readPages),
    ...Array<Client>(2).fill(uploadFiles),
    ...Array<Client>(24).fill(viewSource),
    ...Array<Client>(90).fill(leaveForm),
    restoreArchives,
  ];
  const usual = [...Array<Client>(8).fill(openLinks), ...Array<Client>(2).fill(readPages)];
  const runs = [
    await runLimited(join(folder, "512"), 512, everything, seconds),
    await runLimited(join(folder, "256"), 256, usual, seconds),
  ].filter((run) => run !== null);
  return { runs, faults: runs.flatMap(({ faults }) => faults) };
}

async function runLimited(
  dataFolder: string,
  limitMB: number,
  clients: readonly Client[],
  seconds: number,
): Promise<Run | null> {
  using group = ControlGroup.make(`${limitMB}`, limitMB * MEGABYTE);
  if (group === null) return null;
  takeCopy(await seedLinks(LINKS), dataFolder);
  const site = await startSite({ dataFolder, program: PROGRAM, controlGroup: group.folder });
  await Bun.sleep(2000);
  const idleMB = inMB(group.used);
  const workers = site.workers();
  const loaded = await LoadedSite.prepare(site, seconds);
  let highest = 0;
  const watch = setInterval(() => {
    highest = Math.max(highest, group.used);
  }, 50);
  await Promise.all(clients.map((client) => client(loaded)));
  clearInterval(watch);
  const faults = [
    ...(group.killed > 0 ? [`${group.killed} processes were killed in ${limitMB} MB`] : []),
    ...(`${workers}` === `${site.workers()}` ? [] : [`A worker ended in ${limitMB} MB`]),
    ...(loaded.wrongRedirects === 0 ? [] : [`${loaded.wrongRedirects} redirects failed`]),
  ];
  if ((await site.stop()) !== 0) faults.push(`The site did not stop in order in ${limitMB} MB`);
  return { limitMB, idleMB, highestMB: inMB(highest), answers: loaded.answers, faults };
}

const inMB = (bytes: number) => Math.round(bytes / MEGABYTE);

/** A site, what its clients send, and what they were answered. */
class LoadedSite {
  readonly answers: Record<string, number> = {};
  wrongRedirects = 0;
  readonly #origin: string;
  readonly #cookie: string;
  readonly #endsAt: number;

  private constructor(origin: string, cookie: string, seconds: number) {
    this.#origin = origin;
    this.#cookie = cookie;
    this.#endsAt = performance.now() + seconds * 1000;
  }

  static async prepare({ origin }: Site, seconds: number): Promise<LoadedSite> {
    const site = new LoadedSite(origin, await signIn(origin), seconds);
    const source = "const answer = (a, b) => a + b; // forty-two\n".repeat(5000);
    const file = new File([source], "source.js", { type: "text/javascript" });
    await site.send("prepare", "/add", { link_type: "file", short_code: "source", file });
    return site;
  }

  get isOver(): boolean {
    return performance.now() > this.#endsAt;
  }

  /** Resolves to the status; 0 where there was no answer. */
  async send(
    name: string,
    path: string,
    fields?: Readonly<Record<string, string | Blob>>,
  ): Promise<number> {
    const body = new FormData();
    for (const [field, value] of Object.entries(fields ?? {})) body.set(field, value);
    const sent = fields === undefined ? {} : { method: "POST", body };
    const headers = { cookie: this.#cookie };
    const init: RequestInit = { ...sent, headers, redirect: "manual" };
    const answer = await fetch(this.#origin + path, init).catch(() => null);
    await answer?.arrayBuffer().catch(() => null);
    const status = answer?.status ?? 0;
    const key = `${name} ${status}`;
    this.answers[key] = (this.answers[key] ?? 0) + 1;
    return status;
  }

  /** Sends the beginning of a form, and holds its connection until the time is up. */
  async holdForm(): Promise<void> {
    const socket = connect(Number(new URL(this.#origin).port), "127.0.0.1");
    socket.on("error", () => {});
    const part = '--x\r\nContent-Disposition: form-data; name="markdown_text_content"\r\n\r\n';
    const head = `Host: x\r\nCookie: ${this.#cookie}\r\nContent-Type: multipart/form-data; boundary=x`;
    socket.write(`POST /add HTTP/1.1\r\n${head}\r\nContent-Length: 2000000\r\n\r\n${part}`);
    socket.write("a".repeat(MEGABYTE));
    while (!this.isOver) await Bun.sleep(500);
    socket.destroy();
  }
}

async function openLinks(site: LoadedSite): Promise<void> {
  for (let at = Math.floor(Math.random() * LINKS); !site.isOver; at = (at + 1) % LINKS) {
    const status = await site.send("redirect", `/${linkAt(at).shortCode}`);
    if (status !== 302) site.wrongRedirects++;
  }
}

async function readPages(site: LoadedSite): Promise<void> {
  const paths = ["/links", "/", "/links?q=shop7", `/-/links/${linkAt(0).shortCode}`, "/add"];
  while (!site.isOver) for (const path of paths) await site.send("page", path);
}

async function uploadFiles(site: LoadedSite): Promise<void> {
  const file = new File([Buffer.alloc(20 * MEGABYTE)], "zeros.bin");
  while (!site.isOver) await site.send("upload", "/add", { link_type: "file", file });
}

async function viewSource(site: LoadedSite): Promise<void> {
  while (!site.isOver) await site.send("viewer", "/-/view/source");
}

async function leaveForm(site: LoadedSite): Promise<void> {
  await site.holdForm();
}

async function restoreArchives(site: LoadedSite): Promise<void> {
  const makers = [
    () => manyLinks(LINKS),
    () => manyHours(1_000_000),
    () => longText(8_000_000),
    () => manyOldLinks(20_000),
  ];
  for (let at = 0; !site.isOver; at++) {
    const zip = makers[at % makers.length]?.() ?? manyLinks(1);
    const backup_file = new File([zip], "backup.zip");
    await site.send("restore", "/backup/restore", { preview: "1", backup_file });
  }
}
