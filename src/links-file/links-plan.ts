import type { App } from "../app.ts";
import type { BlobOwner } from "../files/blobs.ts";
import type { DescribedLink } from "../links/bulk/declared-links.ts";
import { hasValues } from "../links/input/revision.ts";
import { type Link, statusOf } from "../links/link.ts";
import { PlannedLinks } from "../links/target/planned-links.ts";
import { type Actor, operator } from "../policy.ts";
import { isInvalid } from "../problem.ts";
import type { FileLink, LinkKey, LinksFile, LinksFileError } from "./links-file.ts";
import {
  type EntryContext,
  entryContext,
  keyOf,
  type ParsedLink,
  parseFileLink,
} from "./parse-file-link.ts";
import { text } from "./text.en.ts";

/** What a links.toml changes of its owner's links. */
export interface LinksPlan {
  readonly owner: BlobOwner;
  readonly declares: boolean;
  readonly added: readonly ParsedLink[];
  readonly changed: readonly ParsedLink[];
  readonly removed: readonly Link[];
  /** Number of links that could be removed. */
  readonly removable: number;
  /** Number of links that stay unchanged. */
  readonly unchanged: number;
  /** If there are any, the plan cannot be applied. */
  readonly errors: readonly LinksFileError[];
}

export interface PlanOptions {
  /** Whether the file is its owner's own: then it alone can change its links from now on. */
  readonly declares: boolean;
  /** Which of the links that the file does not list are removed. */
  readonly removes: "declared" | "others" | "none";
}

/** Links written in one transaction, which keeps other writers waiting. */
const BATCH = 100;

/**
 * Compares a links.toml with the links of its owner.
 * @throws Problem `busy` if a file that it refers to is still being written
 */
export async function planLinks(
  app: App,
  owner: BlobOwner,
  file: LinksFile,
  options: PlanOptions,
): Promise<LinksPlan> {
  const found = await app.links.declared.find(
    file.links.map(({ shortCode }) => shortCode),
    owner.id,
  );
  const existing = new Map(found.map((link) => [String(link.shortCode), link]));
  const holders = await holdersOf(app, file, owner.id);
  const planning = new Planning({ ...entryContext(app, owner), holders }, file, options.declares);
  for (const [index, link] of file.links.entries()) {
    if (index % BATCH === 0) await Bun.sleep(0);
    await planning.add(link, existing.get(link.shortCode));
  }
  await planning.refuseCircles();
  const unlisted = await findUnlisted(app, owner, file, options.removes);
  return { owner, declares: options.declares, ...unlisted, ...planning.result() };
}

/**
 * Applies a plan without errors in batches: new and changed links, then removals.
 * @param actor who may do all of it; the audit log has it
 */
export async function applyPlan(app: App, plan: LinksPlan, actor: Actor = operator): Promise<void> {
  const written = [...plan.added, ...plan.changed];
  for (let at = 0; at < written.length; at += BATCH) {
    await writeBatch(app, plan, { links: written.slice(at, at + BATCH), actor });
  }
  for (let at = 0; at < plan.removed.length; at += BATCH) {
    const codes = plan.removed.slice(at, at + BATCH).map(({ shortCode }) => shortCode);
    await app.links.declared.retire(codes, actor);
  }
}

/** By each short code that the file's links have or want, the links that do, in the file and on the site. */
async function holdersOf(
  { links: { declared } }: App,
  { links }: LinksFile,
  ownerId: number,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const holders = new Map<string, Set<string>>();
  const add = (code: string, shortCode: string) =>
    holders.set(code, (holders.get(code) ?? new Set()).add(shortCode));
  const aliases = links.flatMap((link) => link.aliases ?? []);
  for (const link of links)
    for (const code of [link.shortCode, ...(link.aliases ?? [])]) add(code, link.shortCode);
  for (const { shortCode } of await declared.find(aliases, ownerId)) add(shortCode, shortCode);
  for (const [code, shortCode] of await declared.findAliases([...holders.keys()]))
    add(code, shortCode);
  return holders;
}

interface PlanContext extends EntryContext {
  readonly holders: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Collects changes and errors. */
class Planning {
  readonly #context: PlanContext;
  readonly #file: LinksFile;
  readonly #declares: boolean;
  readonly #added: ParsedLink[] = [];
  readonly #changed: ParsedLink[] = [];
  readonly #errors: LinksFileError[];
  #unchanged = 0;

  constructor(context: PlanContext, file: LinksFile, declares: boolean) {
    this.#context = context;
    this.#file = file;
    this.#declares = declares;
    this.#errors = [...file.errors];
  }

  async add(link: FileLink, existing: Link | undefined): Promise<void> {
    const { owner, holders } = this.#context;
    const isHeld = (code: string) =>
      [...(holders.get(code) ?? [])].some((holder) => holder !== link.shortCode);
    if ((existing !== undefined && existing.ownerId !== owner.id) || isHeld(link.shortCode))
      return this.#refuse(link, text.links.taken(link.shortCode));
    const held = link.aliases?.find(isHeld);
    if (held !== undefined) return this.#refuse(link, text.links.taken(held), "aliases");
    await this.#orRefuse(link, async () =>
      this.#sort(link, await parseFileLink(this.#context, link, existing), existing),
    );
  }

  /** Refuses links that lead back to themselves, also over others of the file. */
  async refuseCircles(): Promise<void> {
    const { app, context } = this.#context;
    const written = [...this.#added, ...this.#changed];
    const planned = new PlannedLinks(written);
    for (const link of written)
      await this.#orRefuse(
        link,
        () => app.links.circles.refuseNew(link, context.ownOrigins, planned),
        keyOf,
      );
  }

  result(): Pick<LinksPlan, "added" | "changed" | "unchanged" | "errors"> {
    const errors = this.#errors.sort((a, b) => a.line - b.line);
    const [added, changed, unchanged] = [this.#added, this.#changed, this.#unchanged];
    return { added, changed, unchanged, errors };
  }

  /** @param keys those of the file for the fields that `run` refuses, where they differ */
  async #orRefuse(
    link: Pick<FileLink, "shortCode">,
    run: () => Promise<void>,
    keys: Readonly<Record<string, LinkKey>> = {},
  ): Promise<void> {
    try {
      await run();
    } catch (thrown) {
      if (!isInvalid(thrown)) throw thrown;
      for (const [name, why] of Object.entries(thrown.fields))
        this.#refuse(link, why, keys[name] ?? name);
    }
  }

  #sort(link: FileLink, parsed: ParsedLink, existing: Link | undefined): void {
    if (existing === undefined) this.#added.push(parsed);
    else if (isSame(parsed, existing) && (existing.declared || !this.#declares)) this.#unchanged++;
    else if (existing.declared && !this.#declares)
      this.#refuse(link, text.links.declared(link.shortCode));
    else this.#changed.push(parsed);
  }

  #refuse({ shortCode }: Pick<FileLink, "shortCode">, message: string, key?: string): void {
    const place = this.#file.places.of(shortCode, key);
    this.#errors.push({ ...place, shortCode, message });
  }
}

function isSame({ source, ...wanted }: ParsedLink, existing: Link): boolean {
  if (source !== "same" && source !== existing.content) return false;
  return hasValues(existing, wanted);
}

/** Finds the links that the file does not list. An ordinary link that has been retired already is ignored. */
async function findUnlisted(
  app: App,
  { id }: BlobOwner,
  { links }: LinksFile,
  removes: PlanOptions["removes"],
): Promise<Pick<LinksPlan, "removed" | "removable">> {
  if (removes === "none") return { removed: [], removable: 0 };
  const declared = removes === "declared";
  const all = await app.links.declared.listOf(id, { declared });
  const removable = all.filter((link) => declared || !isRetired(link, app.clock()));
  const listed = new Set<string>(links.map(({ shortCode }) => shortCode));
  const removed = removable.filter(({ shortCode }) => !listed.has(shortCode));
  return { removed, removable: removable.length };
}

function isRetired({ expiresAt, disabled }: Link, now: number): boolean {
  return disabled && statusOf({ startsAt: null, expiresAt, disabled: false }, now) === "expired";
}

async function writeBatch(
  app: App,
  { owner, declares }: LinksPlan,
  { links, actor }: { readonly links: readonly ParsedLink[]; readonly actor: Actor },
): Promise<void> {
  await using received = new AsyncDisposableStack();
  const described: DescribedLink[] = [];
  for (const { source, ...link } of links) {
    if (source === null || source === "same" || "path" in source) {
      described.push({ ...link, bytes: source });
      continue;
    }
    const incoming = { name: source.name, bytes: new Blob([source.text]).stream() };
    const file = received.use(await app.files.blobs.receive(owner, incoming, Infinity));
    described.push({ ...link, bytes: file });
  }
  await app.links.declared.write(owner, described, { declared: declares, actor });
}
