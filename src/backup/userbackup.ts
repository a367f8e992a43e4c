import { stringify } from "smol-toml";
import { choosesForTheSite, type User } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { effectiveZone } from "../config/zone.ts";
import type { Content, Link } from "../links/link.ts";
import type { ListedLink } from "../links/links.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { version } from "../version.ts";
import type { Visitor } from "../visits/visit.ts";
import { Ledger } from "./ledger.ts";
import { writeFileLink } from "./linksfile.ts";
import {
  ASSETS,
  CONFIG,
  type HoursLine,
  LINKS,
  MANIFEST,
  type Manifest,
  type ManifestLink,
  METADATA,
  VISITS,
} from "./manifest.ts";
import { stampOf } from "./stamp.ts";
import { writeZip, type ZipEntry } from "./zip.ts";

/** An archive that is made while it is read. */
export interface Backup {
  /** `trunk8_backup_<user>_<YYYYMMDD_HHMMSS>.zip` */
  readonly name: string;
  readonly bytes: AsyncGenerator<Uint8Array>;
}

/** Links asked for at a time. */
const PAGE = 500;

/**
 * Everything of one user as a zip: the links, the files, the settings and the visits. The original program can restore
 * it; passwords are not in it.
 * @throws Problem `not_found` where the actor may not have it
 */
export async function backUpUser(app: App, actor: Actor, user: User): Promise<Backup> {
  if (!may(actor, "backup.make", { ownerId: user.id })) {
    throw new Problem("not_found", "There is no such account.");
  }
  await app.visits.flush();
  const links = await allLinks(app, actor, user.id);
  const at = app.clock();
  const zone = effectiveZone(app.live.current);
  const writing = new Writing({ app, user, links, at, zone, by: nameOf(actor, user) });
  return {
    name: `trunk8_backup_${user.username}_${stampOf(at, zone)}.zip`,
    bytes: writeZip(writing.entries(), at),
  };
}

async function allLinks(app: App, actor: Actor, ownerId: number): Promise<ListedLink[]> {
  const links: ListedLink[] = [];
  let cursor: string | null = null;
  do {
    const terms = { ownerId, limit: PAGE, direction: "asc" as const };
    const page = await app.links.list(actor, cursor === null ? terms : { ...terms, cursor });
    links.push(...page.links);
    cursor = page.next;
  } while (cursor !== null);
  return links;
}

function nameOf(actor: Actor, user: User): string {
  return actor.is === "user" ? actor.username : user.username;
}

interface WritingParts {
  readonly app: App;
  readonly user: User;
  readonly links: readonly ListedLink[];
  readonly at: number;
  readonly zone: string;
  /** The user name of who makes it. */
  readonly by: string;
}

/** One archive being written. */
class Writing {
  readonly #parts: WritingParts;
  readonly #ledger = new Ledger();
  readonly #visitors = new Map<string, { readonly place: number; readonly visitor: Visitor }>();

  constructor(parts: WritingParts) {
    this.#parts = parts;
  }

  async *entries(): AsyncGenerator<ZipEntry> {
    const { app, user, links, zone } = this.#parts;
    const toml = links.map((link) => writeFileLink(oldWordsOf(link, zone))).join("");
    yield this.#ledger.text(LINKS, toml === "" ? "[links]\n" : toml);
    if (!choosesForTheSite(user)) yield this.#ledger.text(CONFIG, configOf(user));
    for (const [name, content] of assetsOf(links)) {
      const bytes = await app.blobs.peek(content.path);
      if (bytes !== null) yield this.#ledger.stored(name, bytes.stream(), content);
    }
    yield this.#ledger.stream(VISITS, 0, this.#visits());
    yield this.#ledger.text(METADATA, this.#metadata());
    yield new Ledger().text(MANIFEST, JSON.stringify(this.#manifest()));
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

  #manifest(): Manifest {
    const { user, links, at } = this.#parts;
    return {
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
      entries: this.#ledger.entries,
      visitors: [...this.#visitors.values()].map(({ visitor }) => ({
        class: visitor.class,
        referrer_host: visitor.referrerHost,
        browser: visitor.browser,
        system: visitor.system,
      })),
      links: links.map(manifestLink),
    };
  }

  async *#visits(): AsyncGenerator<Uint8Array> {
    const { app, links } = this.#parts;
    const codes = new Map(links.map(({ id, shortCode }) => [id, shortCode]));
    for await (const page of app.linkHours.of([...codes.keys()])) {
      const lines: string[] = [];
      for (const [linkId, some] of Map.groupBy(page, (hour) => hour.linkId)) {
        const hours = some.map(
          ({ hour, visitor, visits }) => [hour, this.#placeOf(visitor), visits] as const,
        );
        const line = { short_code: codes.get(linkId) ?? "", hours } satisfies Loose<HoursLine>;
        lines.push(`${JSON.stringify(line)}\n`);
      }
      yield Buffer.from(lines.join(""));
    }
  }

  #placeOf(visitor: Visitor): number {
    const key = JSON.stringify(visitor);
    const known = this.#visitors.get(key);
    if (known !== undefined) return known.place;
    const place = this.#visitors.size;
    this.#visitors.set(key, { place, visitor });
    return place;
  }
}

type Loose<Line> = { readonly [Key in keyof Line]: unknown };

/** What a link is to the original program. */
function oldWordsOf(link: Link, zone: string) {
  const { shortCode, kind, target, content, expiresAt } = link;
  return {
    shortCode,
    type: kind,
    ...(content === null
      ? { url: target }
      : {
          path: entryOf(content).slice(ASSETS.length),
          original_filename: content.name,
          file_size: content.size,
          mime_type: content.type,
          upload_date: localTime(content.modifiedAt, zone),
        }),
    ...(expiresAt !== null && { expiration_date: localTime(expiresAt, zone) }),
  };
}

/** Everything, exactly. */
function manifestLink(link: ListedLink): ManifestLink {
  const { content } = link;
  return {
    short_code: link.shortCode,
    kind: link.kind,
    target: link.target,
    title: link.title,
    note: link.note,
    redirect_status: link.redirectStatus,
    expires_at: link.expiresAt,
    disabled: link.disabled,
    inline: link.inline,
    created_at: link.createdAt,
    updated_at: link.updatedAt,
    content: content && {
      entry: entryOf(content),
      name: content.name,
      modified_at: content.modifiedAt,
    },
    visits: link.visits,
    last_visit_at: link.lastVisitAt,
  };
}

/** Each file once, however many links hand it out. */
function assetsOf(links: readonly Link[]): Map<string, Content> {
  const contents = links.flatMap(({ content }) => (content === null ? [] : [content]));
  return new Map(contents.map((content) => [entryOf(content), content]));
}

/** Beside the blob's own name, what stands before it is whose it was. */
function entryOf({ path }: Content): string {
  return path.slice(path.indexOf("/") + 1);
}

/** Without a zone: the original compares it with the machine's own time. */
function localTime(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.toPlainDateTime().toString();
}

function configOf({ theme, markdownTheme }: User): string {
  return stringify({
    app: {
      ...(theme !== null && { theme }),
      ...(markdownTheme !== null && { markdown_theme: markdownTheme }),
    },
  });
}
