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
import { Ledger } from "../archive/manifest-writer.ts";
import { localTime, stampOf } from "../archive/timestamp.ts";
import { writeZip, type ZipEntry } from "../archive/write-zip.ts";
import { effectiveZone } from "../config/values/time-zone.ts";
import type { LinkPage } from "../links/links.ts";
import { type Actor, may } from "../policy.ts";
import { Problem } from "../problem.ts";
import { version } from "../version.ts";
import type { Visitor } from "../visits/visit.ts";
import { LinkTexts } from "./link-texts.ts";

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
  const at = app.clock();
  const zone = effectiveZone(app.live.current);
  const links = await readLinks(app, actor, user.id, zone);
  const writing = new Writing({ app, user, links, at, zone, by: nameOf(actor, user) });
  return {
    name: `trunk8_backup_${user.username}_${stampOf(at, zone)}.zip`,
    bytes: writeZip(writing.entries(), at),
  };
}

async function readLinks(
  app: App,
  actor: Actor,
  ownerId: number,
  zone: string,
): Promise<LinkTexts> {
  const texts = new LinkTexts(zone);
  let cursor: string | null = null;
  do {
    const terms = { ownerId, limit: PAGE, direction: "asc" as const };
    const page: LinkPage = await app.links.list(actor, {
      ...terms,
      ...(cursor !== null && { cursor }),
    });
    texts.add(page.links);
    cursor = page.next;
  } while (cursor !== null);
  return texts;
}

function nameOf(actor: Actor, user: User): string {
  return actor.is === "user" ? actor.username : user.username;
}

interface WritingParts {
  readonly app: App;
  readonly user: User;
  readonly links: LinkTexts;
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
    const { app, user, links } = this.#parts;
    yield this.#ledger.stream(LINKS, 0, links.toml());
    if (!choosesForTheSite(user)) yield this.#ledger.text(CONFIG, configOf(user));
    for (const [name, content] of links.assets) {
      const bytes = await app.blobs.peek(content.path);
      if (bytes !== null) yield this.#ledger.stored(name, bytes.stream(), content);
    }
    yield this.#ledger.stream(VISITS, 0, this.#visits());
    yield this.#ledger.text(METADATA, this.#metadata());
    yield new Ledger().stream(MANIFEST, 0, this.#manifest());
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

  /** JSON in pieces. */
  async *#manifest(): AsyncGenerator<Uint8Array> {
    const { user, links, at } = this.#parts;
    const facts: Omit<Manifest, "links"> = {
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
    };
    yield Buffer.from(`${JSON.stringify(facts).slice(0, -1)},\n"links":`);
    yield* links.json();
    yield Buffer.from("}\n");
  }

  async *#visits(): AsyncGenerator<Uint8Array> {
    const {
      app,
      links: { codes },
    } = this.#parts;
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

function configOf({ theme, markdownTheme }: User): string {
  return stringify({
    app: {
      ...(theme !== null && { theme }),
      ...(markdownTheme !== null && { markdown_theme: markdownTheme }),
    },
  });
}
