import { join, normalize } from "node:path";
import type { App } from "../../app.ts";
import { ASSETS } from "../../archive/manifest.ts";
import { forbiddenSchemes } from "../../config/values/addresses.ts";
import { isOwnAddress } from "../../http/urls.ts";
import { type InputContext, inputContext, type NewLink } from "../../links/input/link-schema.ts";
import { kinds, type Link } from "../../links/link.ts";
import { fileFieldOf, parseNewLink } from "../../links/link-input.ts";
import { isStoredCode } from "../../links/short-code.ts";
import { type FileLink, type LinksFile, readLinksFile } from "../../links-file/links-file.ts";
import { invalid, Problem } from "../../problem.ts";
import type { ArchivedContent, ArchivedLink } from "../../user-backup/archived-link.ts";
import { readOldLink } from "../../user-backup/old-link.ts";
import type { MoveReport } from "./import-report.ts";
import {
  findOldFile,
  type OldFile,
  type OldFolder,
  readOldText,
  statIfThere,
  USERS_FILE,
} from "./old-folder.ts";
import type { KnownPerson, OldPerson } from "./read-users.ts";
import { RENAMED } from "./rename-old-files.ts";

/** Where a link's bytes come from, and what people call them. */
export interface MovingSource {
  readonly name: string;
  /** Milliseconds since 1970 UTC. */
  readonly modifiedAt: number;
  readonly from: OldFile | { readonly text: string };
}

/** A link that comes, its bytes still where they are. */
export interface PlannedLink {
  readonly person: OldPerson;
  readonly link: Omit<Link, "id" | "ownerId" | "content" | "declared">;
  /** Null: it has none, or they are missing. */
  readonly source: MovingSource | null;
  readonly isExpired: boolean;
}

/** What becomes of the links of an old folder. */
export interface LinksPlan {
  /** Oldest first. */
  readonly links: readonly PlannedLink[];
  /** The files that links name, also those that are here already, by the old name of their owner. */
  readonly named: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads every person's links; of a code that several have, the first person's is moved, as the original served it. */
export async function planLinks(
  app: App,
  folder: OldFolder,
  people: readonly KnownPerson[],
  report: MoveReport,
): Promise<LinksPlan> {
  const planning = new Planning(app, folder, report);
  for (const each of people) await planning.read(each);
  const links = planning.links.sort((a, b) => a.link.createdAt - b.link.createdAt);
  return { links, named: planning.named };
}

/** One person's links.toml while it is read. */
interface Reading extends KnownPerson {
  readonly file: string;
  readonly places: LinksFile["places"];
  readonly existing: ReadonlyMap<string, Link>;
}

class Planning {
  readonly links: PlannedLink[] = [];
  readonly named = new Map<string, Set<string>>();
  readonly #app: App;
  readonly #folder: OldFolder;
  readonly #report: MoveReport;
  readonly #context: InputContext;
  /** Where each code was first found. */
  readonly #seen = new Map<string, string>();

  constructor(app: App, folder: OldFolder, report: MoveReport) {
    this.#app = app;
    this.#folder = folder;
    this.#report = report;
    this.#context = inputContext(app, []);
  }

  async read(known: KnownPerson): Promise<void> {
    const { oldName } = known.person;
    const file = `users/${oldName}/links.toml`;
    const read = await this.#readFile(file);
    if (read === null) return;
    this.named.set(oldName, new Set());
    for (const { line, message } of read.errors) this.#report.remark(file, line, message);
    const links = read.links.toSorted((a, b) => lineOf(read, a) - lineOf(read, b));
    const found = await this.#app.declarations.find(links.map(({ shortCode }) => shortCode));
    const existing = new Map(found.map((link) => [String(link.shortCode), link]));
    const reading = { ...known, file, places: read.places, existing };
    for (const link of links) await this.#add(reading, link);
  }

  /** Null where nothing can be read of it: then nothing is said of its files either. */
  async #readFile(file: string): Promise<LinksFile | null> {
    const path = join(this.#folder.root, file);
    try {
      const text = await readOldText(path);
      if (text === null) return await this.#withoutFile(file, path);
      const read = readLinksFile(text, { strict: false });
      const broken = read.errors.find(({ shortCode }) => shortCode === undefined);
      if (broken === undefined) return read;
      const message = `Column ${broken.column}: ${broken.message} ${this.#again}`;
      this.#report.leaveOut(file, broken.line, message);
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== "invalid") throw thrown;
      this.#report.leaveOut(file, null, `${thrown.message} ${this.#again}`);
    }
    return null;
  }

  /** How to bring later what could not be read. */
  get #again(): string {
    const back = this.#folder.isInPlace ? `, take ${RENAMED} off it and off ${USERS_FILE},` : "";
    return `Mend it${back} and move in again: what is here already stays as it is.`;
  }

  async #withoutFile(file: string, path: string): Promise<null> {
    if ((await statIfThere(path + RENAMED)) === null)
      this.#report.remark(file, null, "There is no such file: this user has no links.");
    return null;
  }

  async #add(reading: Reading, fileLink: FileLink): Promise<void> {
    const { person, file } = reading;
    const { shortCode } = fileLink;
    const { link, remarks } = readOldLink(fileLink, this.#context);
    try {
      const parsed = this.#parse(reading, link);
      for (const remark of remarks) this.#remark(reading, fileLink, "expiration_date", remark);
      const source = await this.#sourceOf(reading, fileLink, link);
      this.#seen.set(shortCode, `${file}:${reading.places.of(shortCode).line}`);
      if (reading.existing.has(shortCode)) return this.#report.linkIsHere();
      this.links.push({ person, source, ...this.#withTimes(reading, parsed, link) });
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== "invalid") throw thrown;
      const { line } = reading.places.of(shortCode);
      this.#report.leaveOut(file, line, `${shortCode}: ${thrown.message}`);
    }
  }

  /** By the rules for new links, with the codes, the schemes and the reserved words that the original had. */
  #parse({ existing, account }: Reading, link: ArchivedLink): NewLink & Pick<Link, "shortCode"> {
    const { short_code: shortCode } = link;
    if (!isStoredCode(shortCode))
      throw leftOut("A short code is made of at most 50 letters, digits, - and _.");
    if (isOwnAddress(shortCode))
      throw leftOut("A page of the site itself answers at this address.");
    const first = this.#seen.get(shortCode);
    if (first !== undefined) throw leftOut(`The same code stands in ${first}, which comes first.`);
    const taken = existing.get(shortCode);
    if (taken !== undefined && taken.ownerId !== account?.id)
      throw leftOut("This code belongs to somebody else here.");
    const kind = kinds.find((known) => known === link.kind);
    if (kind === undefined) throw leftOut(`There is no type of link "${link.kind}".`);
    const url = this.#wholeUrl(link.target);
    const scheme = URL.parse(url)?.protocol.slice(0, -1) ?? "";
    if (forbiddenSchemes.has(scheme)) throw leftOut(`No link leads to a ${scheme}: address.`);
    const context = { ...this.#context, schemes: [scheme] };
    const came = new Set(kind === "redirect" ? [] : [fileFieldOf[kind]]);
    return { ...parseNewLink({ link_type: kind, url }, context, came), shortCode };
  }

  /** An address without a scheme or a host led from the site's own, where that is known. */
  #wholeUrl(target: string): string {
    const text = target.trim();
    const base = this.#app.live.current["server.public_url"];
    if (text === "" || URL.canParse(text)) return text;
    if (text.startsWith("//")) return `https:${text}`;
    if (base === "" || !URL.canParse(text, base))
      throw leftOut(`"${text}" is no whole address. Set server.public_url, or write it out.`);
    return new URL(text, base).href;
  }

  async #sourceOf(
    reading: Reading,
    fileLink: FileLink,
    { content }: ArchivedLink,
  ): Promise<MovingSource | null> {
    if (content === null) return null;
    const { name, modified_at: modifiedAt, source } = content;
    if ("text" in source) return { name, modifiedAt, from: source };
    const from = await this.#findFile(reading, source);
    if (typeof from !== "string") return { name, modifiedAt, from };
    const remark = `${fileLink.shortCode} comes without its file: ${from}.`;
    this.#remark(reading, fileLink, "path", remark);
    return null;
  }

  async #findFile(
    { person }: Reading,
    source: ArchivedContent["source"],
  ): Promise<OldFile | string> {
    const path = "entry" in source ? source.entry.slice(ASSETS.length) : "";
    if (path === "") return "it names none";
    const found = await findOldFile(join(this.#folder.users, person.oldName, "assets"), path);
    if (typeof found !== "string")
      this.named.get(person.oldName)?.add(found.relative).add(normalize(path));
    return found;
  }

  /** What has expired is kept from now on as long as any expired link is. */
  #withTimes(
    { file, places }: Reading,
    parsed: NewLink & Pick<Link, "shortCode">,
    { created_at: made, expires_at: expiry }: ArchivedLink,
  ): Pick<PlannedLink, "link" | "isExpired"> {
    const { now } = this.#context;
    const createdAt = Math.min(made, now);
    const isExpired = expiry !== null && expiry <= now;
    if (isExpired) {
      const { line } = places.of(parsed.shortCode, "expiration_date");
      const on = new Date(expiry).toISOString().slice(0, 10);
      const message = `${parsed.shortCode} expired on ${on}: it is kept from today on as expired links are.`;
      this.#report.remark(file, line, message);
    }
    const expiresAt = isExpired ? now : expiry;
    return { link: { ...parsed, expiresAt, createdAt, updatedAt: createdAt }, isExpired };
  }

  #remark({ file, places }: Reading, { shortCode }: FileLink, word: string, message: string): void {
    this.#report.remark(file, places.of(shortCode, word).line, message);
  }
}

function lineOf({ places }: LinksFile, { shortCode }: FileLink): number {
  return places.of(shortCode).line;
}

function leftOut(reason: string): Problem {
  return invalid("short_code", reason);
}
