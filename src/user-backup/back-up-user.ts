import { stringify } from "smol-toml";
import { choosesForTheSite, type User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import {
  CONFIG,
  type HoursLine,
  LINKS,
  MANIFEST,
  type Manifest,
  METADATA,
  VISITS,
} from "../archive/manifest.ts";
import { ManifestWriter, type Shortfall } from "../archive/manifest-writer.ts";
import { localTime, stampOf } from "../archive/timestamp.ts";
import { writeZip, type ZipEntry } from "../archive/write-zip.ts";
import { effectiveZone } from "../config/values/time-zone.ts";
import { mayHaveFiles } from "../links/link.ts";
import type { LinkPart } from "../links/list/list-page.ts";
import { type Actor, may, operator } from "../policy.ts";
import { Problem } from "../problem.ts";
import { version } from "../version.ts";
import type { LinkDay, LinkQuarter } from "../visits/reports/link-visits.ts";
import type { ArchivedVisitor } from "./archived-visitor.ts";
import { LinkTexts } from "./link-texts.ts";
import { text } from "./text.en.ts";

/** An archive that is written while it is read. */
export interface UserBackup {
  /** `trunk8_backup_<user>_<YYYYMMDD_HHMMSS>.zip` */
  readonly name: string;
  readonly bytes: AsyncGenerator<Uint8Array>;
  /** What it lacks; known once all bytes have been read. */
  shortfall(): Shortfall;
}

/** Links read at a time. */
const PAGE = 500;

/**
 * Backs up a user as a zip: links, files, settings and visits, but no password. The Python Trunk8 can restore it.
 * @throws Problem `not_found` if the actor may not back up this user
 */
export async function backUpUser(app: App, actor: Actor, user: User): Promise<UserBackup> {
  if (!may(actor, "backup.make", { ownerId: user.id })) {
    throw new Problem("not_found", text.noAccount);
  }
  await app.visits.flush();
  const at = app.clock();
  const zone = effectiveZone(app.live.current);
  const links = await readLinks(app, user.id, zone);
  const writer = new UserArchiveWriter({ app, user, links, at, zone, by: nameOf(actor, user) });
  return {
    name: `trunk8_backup_${user.username}_${stampOf(at, zone)}.zip`,
    bytes: writeZip(writer.entries(), at),
    shortfall: () => writer.shortfall,
  };
}

/** What may be backed up may be read for that, also by an API key that is for backups alone. */
async function readLinks(app: App, ownerId: number, zone: string): Promise<LinkTexts> {
  const texts = new LinkTexts(zone);
  let cursor: string | null = null;
  do {
    const terms = { ownerId, limit: PAGE, direction: "asc" as const };
    const page: LinkPart = await app.links.listPart(operator, {
      ...terms,
      ...(cursor !== null && { cursor }),
    });
    const several = page.links.filter(mayHaveFiles).map(({ id }) => id);
    texts.add(page.links, await app.links.files.ofMany(several));
    cursor = page.next;
  } while (cursor !== null);
  return texts;
}

function nameOf(actor: Actor, user: User): string {
  return actor.is === "user" ? actor.username : user.username;
}

interface UserArchiveParts {
  readonly app: App;
  readonly user: User;
  readonly links: LinkTexts;
  readonly at: number;
  readonly zone: string;
  /** The user name of its creator. */
  readonly by: string;
}

/** Writes the entries of one user's archive. */
class UserArchiveWriter {
  readonly #parts: UserArchiveParts;
  readonly #manifest = new ManifestWriter();
  readonly #visitors = new Map<string, ArchivedVisitor>();
  readonly #visitorIndexes = new Map<string, number>();

  constructor(parts: UserArchiveParts) {
    this.#parts = parts;
  }

  get shortfall(): Shortfall {
    return this.#manifest.shortfall;
  }

  async *entries(): AsyncGenerator<ZipEntry> {
    const { app, user, links } = this.#parts;
    yield this.#manifest.stream(LINKS, 0, links.toml());
    if (!choosesForTheSite(user)) yield this.#manifest.text(CONFIG, configOf(user));
    for (const [name, content] of links.assets) {
      const bytes = await app.files.blobs.peek(content.path);
      if (bytes !== null) yield this.#manifest.stored(name, bytes.stream(), content);
      else this.#manifest.missing.push(name);
    }
    yield this.#manifest.stream(VISITS, 0, this.#visits());
    yield this.#manifest.text(METADATA, this.#metadata());
    yield new ManifestWriter().stream(MANIFEST, 0, this.#manifestJson());
  }

  #metadata(): string {
    const { user, at, zone, by } = this.#parts;
    const info = {
      created_by: by,
      target_user: user.username,
      created_at: localTime(at, zone),
      trunk8_version: version,
    };
    return stringify({ backup_info: info });
  }

  /** The manifest as JSON, in chunks. */
  async *#manifestJson(): AsyncGenerator<Uint8Array> {
    const { user, links, at } = this.#parts;
    const facts: Omit<Manifest, "files" | "links"> = {
      format: "trunk8-user",
      version: 1,
      created_at: at,
      trunk8_version: version,
      account: {
        username: user.username,
        theme: user.theme,
        markdown_theme: user.markdownTheme,
        time_zone: user.timeZone,
      },
      entries: this.#manifest.entries,
      visitors: [...this.#visitors.values()].map((visitor) => ({
        class: visitor.class,
        referrer_host: visitor.referrerHost,
        browser: visitor.browser,
        system: visitor.system,
        counted_by: visitor.countedBy,
        value: visitor.value,
      })),
    };
    yield Buffer.from(`${JSON.stringify(facts).slice(0, -1)},\n"files":`);
    yield* links.filesJson();
    yield Buffer.from(`,\n"links":`);
    yield* links.json();
    yield Buffer.from("}\n");
  }

  async *#visits(): AsyncGenerator<Uint8Array> {
    const {
      app,
      links: { codes },
    } = this.#parts;
    const linkIds = [...codes.keys()];
    for await (const page of app.visits.ofLinks.quartersOf(linkIds)) {
      yield linesOf(codes, page, (row) => [row.quarter, this.#indexOf(visitorOf(row)), row.visits]);
    }
    for await (const page of app.visits.ofLinks.daysOf(linkIds)) {
      yield linesOf(codes, page, (row) => [row.day, this.#indexOf(personOf(row)), row.visits]);
    }
  }

  #indexOf(visitor: ArchivedVisitor): number {
    const key = JSON.stringify(visitor);
    const known = this.#visitorIndexes.get(key);
    if (known !== undefined) return known;
    const index = this.#visitors.size;
    this.#visitors.set(key, visitor);
    this.#visitorIndexes.set(key, index);
    return index;
  }
}

const nobody = { referrerHost: "", browser: "", system: "" } as const;

function visitorOf({ class: of }: LinkQuarter): ArchivedVisitor {
  return { ...nobody, class: of, countedBy: "quarter" };
}

function personOf({ dimension, value }: LinkDay): ArchivedVisitor {
  return { ...nobody, class: "human", countedBy: dimension, value };
}

/** A line for each link of a page. */
function linesOf<Row extends { readonly linkId: number }>(
  codes: ReadonlyMap<number, string>,
  page: readonly Row[],
  write: (row: Row) => HoursLine["hours"][number],
): Uint8Array {
  const lines = [...Map.groupBy(page, ({ linkId }) => linkId)].map(([linkId, rows]) => {
    const line: HoursLine = { short_code: codes.get(linkId) ?? "", hours: rows.map(write) };
    return `${JSON.stringify(line)}\n`;
  });
  return Buffer.from(lines.join(""));
}

function configOf({ theme, markdownTheme }: User): string {
  return stringify({
    app: {
      ...(theme !== null && { theme }),
      ...(markdownTheme !== null && { markdown_theme: markdownTheme }),
    },
  });
}
