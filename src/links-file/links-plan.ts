import { isDeepStrictEqual } from "node:util";
import type { App } from "../app.ts";
import type { BlobOwner } from "../files/blobs.ts";
import type { DescribedLink } from "../links/bulk/declared-links.ts";
import { type Link, standingOf } from "../links/link.ts";
import { Problem } from "../problem.ts";
import type { FileLink, LinksFile, LinksFileError } from "./links-file.ts";
import { type Describing, describing, type ParsedLink, parseFileLink } from "./parse-file-link.ts";

/** What a links.toml would make of its owner's links. */
export interface Plan {
  readonly owner: BlobOwner;
  readonly declares: boolean;
  readonly added: readonly ParsedLink[];
  readonly changed: readonly ParsedLink[];
  readonly removed: readonly Link[];
  /** How many there are of the links that could be removed. */
  readonly removable: number;
  /** How many stay as they are. */
  readonly unchanged: number;
  /** While there are any, nothing is done. */
  readonly errors: readonly LinksFileError[];
}

export interface PlanOptions {
  /** Whether the file alone shall change its links from now on: it is its owner's own. */
  readonly declares: boolean;
  /** Which links that the file does not name go. */
  readonly removes: "declared" | "others" | "none";
}

/** Links that are written in one transaction: nobody else writes meanwhile. */
const BATCH = 100;

/**
 * Compares a file with what its owner has.
 * @throws Problem `busy` where a file that it names is still being written
 */
export async function planLinks(
  app: App,
  owner: BlobOwner,
  file: LinksFile,
  options: PlanOptions,
): Promise<Plan> {
  const found = await app.declarations.find(file.links.map(({ shortCode }) => shortCode));
  const existing = new Map(found.map((link) => [String(link.shortCode), link]));
  const planning = new Planning(describing(app, owner), file, options.declares);
  for (const [index, link] of file.links.entries()) {
    if (index % BATCH === 0) await Bun.sleep(0);
    await planning.add(link, existing.get(link.shortCode));
  }
  const missing = await missingIn(app, owner, file, options.removes);
  return { owner, declares: options.declares, ...missing, ...planning.done() };
}

/** Does what a plan without errors says, a hundred links at a time: new and changed ones, then those that go. */
export async function applyPlan(app: App, plan: Plan): Promise<void> {
  const written = [...plan.added, ...plan.changed];
  for (let at = 0; at < written.length; at += BATCH) {
    await writeSome(app, plan, written.slice(at, at + BATCH));
  }
  for (let at = 0; at < plan.removed.length; at += BATCH) {
    const codes = plan.removed.slice(at, at + BATCH).map(({ shortCode }) => shortCode);
    await app.declarations.retire(codes);
  }
}

/** Gathers what is to be done, and what is wrong. */
class Planning {
  readonly #about: Describing;
  readonly #file: LinksFile;
  readonly #declares: boolean;
  readonly #added: ParsedLink[] = [];
  readonly #changed: ParsedLink[] = [];
  readonly #errors: LinksFileError[];
  #unchanged = 0;

  constructor(about: Describing, file: LinksFile, declares: boolean) {
    this.#about = about;
    this.#file = file;
    this.#declares = declares;
    this.#errors = [...file.errors];
  }

  async add(link: FileLink, existing: Link | undefined): Promise<void> {
    const { owner } = this.#about;
    if (existing !== undefined && existing.ownerId !== owner.id)
      return this.#refuse(link, `"${link.shortCode}" is taken already.`);
    try {
      const parsed = await parseFileLink(this.#about, link, existing);
      this.#sort(link, parsed, existing);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== "invalid") throw thrown;
      for (const [word, why] of Object.entries(thrown.fields)) this.#refuse(link, why, word);
    }
  }

  done(): Pick<Plan, "added" | "changed" | "unchanged" | "errors"> {
    const errors = this.#errors.sort((a, b) => a.line - b.line);
    const [added, changed, unchanged] = [this.#added, this.#changed, this.#unchanged];
    return { added, changed, unchanged, errors };
  }

  #sort(link: FileLink, parsed: ParsedLink, existing: Link | undefined): void {
    if (existing === undefined) this.#added.push(parsed);
    else if (isSame(parsed, existing) && (existing.declared || !this.#declares)) this.#unchanged++;
    else if (existing.declared && !this.#declares)
      this.#refuse(link, `"${link.shortCode}" is declared in links.toml: change it there.`);
    else this.#changed.push(parsed);
  }

  #refuse({ shortCode }: FileLink, message: string, word?: string): void {
    const place = this.#file.places.of(shortCode, word);
    this.#errors.push({ ...place, shortCode, message });
  }
}

function isSame({ source, ...wanted }: ParsedLink, existing: Link): boolean {
  if (source !== "same" && source !== existing.content) return false;
  const keys = Object.keys(wanted) as (keyof typeof wanted)[];
  return keys.every((key) => isDeepStrictEqual(wanted[key], existing[key]));
}

/** What the file does not name. An ordinary link that is over already need not be removed. */
async function missingIn(
  app: App,
  { id }: BlobOwner,
  { links }: LinksFile,
  removes: PlanOptions["removes"],
): Promise<Pick<Plan, "removed" | "removable">> {
  if (removes === "none") return { removed: [], removable: 0 };
  const declared = removes === "declared";
  const all = await app.declarations.listOf(id, { declared });
  const standing = all.filter((link) => declared || !isOver(link, app.clock()));
  const named = new Set<string>(links.map(({ shortCode }) => shortCode));
  const removed = standing.filter(({ shortCode }) => !named.has(shortCode));
  return { removed, removable: standing.length };
}

function isOver({ expiresAt, disabled }: Link, now: number): boolean {
  return disabled && standingOf({ expiresAt, disabled: false }, now) === "expired";
}

async function writeSome(
  app: App,
  { owner, declares }: Plan,
  links: readonly ParsedLink[],
): Promise<void> {
  await using received = new AsyncDisposableStack();
  const described: DescribedLink[] = [];
  for (const { source, ...link } of links) {
    if (source === null || source === "same" || "path" in source) {
      described.push({ ...link, bytes: source });
      continue;
    }
    const incoming = { name: source.name, bytes: inOnePiece(source.text) };
    const file = received.use(await app.blobs.receive(owner, incoming, Infinity));
    described.push({ ...link, bytes: file });
  }
  await app.declarations.write(owner, described, { declared: declares });
}

async function* inOnePiece(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
