import { ADMIN_USERNAME } from "../accounts/user.ts";
import type { App } from "../app.ts";
import type { Link } from "../links/link.ts";
import type { ImportReport } from "./import-report.ts";
import type { ImportedSite, SourceContent, SourceLink, SourcePlace } from "./imported-site.ts";
import { text } from "./text.en.ts";

/** A link that is imported, its expiry settled. */
export interface PlannedLink extends SourceLink {
  readonly isExpired: boolean;
}

/** What of a site is imported. */
export interface ImportPlan {
  readonly site: ImportedSite;
  /** Oldest first. */
  readonly links: readonly PlannedLink[];
}

/** Decides what of a site is imported, and reports the rest. Nothing is written. */
export async function planImport(
  app: App,
  site: ImportedSite,
  report: ImportReport,
): Promise<ImportPlan> {
  const ownerIds = await reportUsers(app, site, report);
  const planning = new LinkPlanning(app.clock(), report, ownerIds);
  const codes = site.links.map(({ shortCode }) => shortCode);
  const found = await app.links.declared.find(codes);
  const existing = new Map(found.map((link) => [link.shortCode, link]));
  const aliases = await app.links.declared.findForeignAliases(codes, null);
  for (const link of site.links)
    planning.add(link, existing.get(link.shortCode), aliases.has(link.shortCode));
  for (const file of site.unusedFiles) report.unusedFile(file);
  const links = planning.links.toSorted((a, b) => a.createdAt - b.createdAt);
  return { site, links };
}

/** Reports every user; returns the ids of the accounts that exist already, by user name. */
async function reportUsers(
  app: App,
  { users }: ImportedSite,
  report: ImportReport,
): Promise<ReadonlyMap<string, number>> {
  const ids = new Map<string, number>();
  for (const { oldName, user } of users) {
    const { username } = user;
    const account = await app.accounts.users.findByUsername(username);
    if (account !== null) ids.set(username, account.id);
    const isKept = account !== null && username !== ADMIN_USERNAME;
    report.user({ oldName, username, isNew: account === null, isKept });
  }
  return ids;
}

class LinkPlanning {
  readonly links: PlannedLink[] = [];
  readonly #now: number;
  readonly #report: ImportReport;
  readonly #ownerIds: ReadonlyMap<string, number>;
  /** The place of the first link with each short code. */
  readonly #seen = new Map<string, SourcePlace>();

  constructor(now: number, report: ImportReport, ownerIds: ReadonlyMap<string, number>) {
    this.#now = now;
    this.#report = report;
    this.#ownerIds = ownerIds;
  }

  add(link: SourceLink, existing: Link | undefined, isAlias: boolean): void {
    const { shortCode, place } = link;
    const first = this.#seen.get(shortCode);
    if (first !== undefined) this.#skip(link, text.links.duplicate(nameOf(first)));
    else if (isAlias || this.#isOthers(link, existing)) this.#skip(link, text.links.taken);
    else {
      this.#seen.set(shortCode, place);
      for (const remark of link.remarks) this.#report.remark(remark, remark.message);
      if (existing === undefined) this.links.push(this.#settleExpiry(link));
      else this.#report.existingLink();
    }
  }

  #isOthers({ owner }: SourceLink, existing: Link | undefined): boolean {
    return existing !== undefined && existing.ownerId !== this.#ownerIds.get(owner);
  }

  /** An expired link is kept from now on as long as any link that expires today. */
  #settleExpiry(link: SourceLink): PlannedLink {
    const { expiresAt, shortCode } = link;
    if (expiresAt === null || expiresAt > this.#now) return { ...link, isExpired: false };
    const date = new Date(expiresAt).toISOString().slice(0, 10);
    this.#report.remark(link.expiryPlace, text.links.expired(shortCode, date));
    return { ...link, expiresAt: this.#now, isExpired: true };
  }

  #skip({ shortCode, place }: SourceLink, reason: string): void {
    this.#report.skip(place, text.links.skipped(shortCode, reason));
  }
}

/** Counts a link that is imported. */
export function countLink(report: ImportReport, { kind, content, isExpired }: PlannedLink): void {
  report.link(kind, { isExpired, isFileMissing: content === null && kind !== "redirect" });
  if (content !== null) report.file(sizeOf(content));
}

export function sizeOf({ bytes }: SourceContent): number {
  return "text" in bytes ? Buffer.byteLength(bytes.text) : bytes.size;
}

function nameOf({ file, line }: SourcePlace): string {
  return line === null ? file : `${file}:${line}`;
}
