import { Database } from "bun:sqlite";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { User } from "../../src/accounts/user.ts";
import { encodePng } from "../../src/http/qr/png.ts";
import { operator } from "../../src/policy.ts";
import { backUpUser } from "../../src/user-backup/back-up-user.ts";
import { brandHref, brandOf } from "../../src/web/static/branding.ts";
import { collectionOf } from "../links/files/collection.ts";
import { newLink, share } from "../share.ts";
import { as, openTestApp, type World } from "../world.ts";

const HOUR = 3_600_000;

/** A request that some site answers. */
export interface Sent {
  readonly path: string;
  readonly init?: RequestInit;
}

/** A site that is filled to any size; its administrator owns everything and asks. */
export class BoundSite {
  readonly world: World;
  readonly owner: User;
  readonly logo: string;
  /** Short codes of the links that `addLinks` has stored. */
  readonly codes: string[] = [];
  /** By the number of links in them. */
  readonly archives = new Map<number, Blob>();
  #codes = 0;

  private constructor(world: World, logo: string) {
    this.world = world;
    this.owner = world.people.admin;
    this.logo = logo;
  }

  static async open(): Promise<BoundSite> {
    const world = await openTestApp({ settings: { "app.max_file_size_mb": 1 } });
    mkdirSync(join(world.dataFolder, "branding"));
    writeFileSync(join(world.dataFolder, "branding", "logo.svg"), "<svg/>");
    const file = brandOf(world.app).logo;
    const site = new BoundSite(world, file === null ? "" : brandHref(file));
    await site.#addLink("redirect");
    await site.#addLink("visited");
    await site.addText("file", "file", 100);
    return site;
  }

  close(): Promise<void> {
    return this.world.close();
  }

  newCode(): string {
    this.#codes++;
    return `new-${this.#codes}`;
  }

  /** The code of a stored link that nothing else needs. */
  takeCode(): string {
    return this.codes.pop() ?? "";
  }

  /** Asks in a session of its own, which may end. */
  async send({ path, init = {} }: Sent): Promise<Response> {
    const { token } = await this.#startSession();
    const headers = new Headers(init.headers);
    headers.set("cookie", `sessionid=${token}`);
    if (!headers.has("accept")) headers.set("accept", "text/html"); // as a browser, whose extensions may add fields
    return await this.world.request(path, { ...init, headers });
  }

  #startSession() {
    return this.world.app.accounts.sessions.start(this.owner, {
      remember: false,
      device: "a test",
    });
  }

  async addSessions(count: number): Promise<void> {
    for (let made = 0; made < count; made++) await this.#startSession();
  }

  async addKeys(count: number): Promise<void> {
    for (let made = 0; made < count; made++)
      await this.world.app.accounts.keys.create(operator, this.owner, {
        name: `key ${made}`,
        scopes: ["links:read"],
      });
  }

  async #addLink(shortCode: string, owner = this.owner): Promise<void> {
    const link = newLink({ shortCode, target: "https://example.com/" });
    await this.world.app.links.create(operator, { ownerId: owner.id }, link);
  }

  async addLinks(count: number): Promise<void> {
    const codes = Array.from({ length: count }, () => this.newCode());
    await Promise.all(codes.map((code) => this.#addLink(code)));
    this.codes.push(...codes);
  }

  async addTag(name: string): Promise<void> {
    const link = newLink({
      shortCode: this.newCode(),
      target: "https://example.com/",
      tags: name.length > 50 ? [] : [name],
    });
    await this.world.app.links.create(operator, { ownerId: this.owner.id }, link);
  }

  /** A link with a number of former destinations; returns its short code. */
  async addChanged(changes: number): Promise<string> {
    const code = this.newCode();
    const make = (at: number) => newLink({ shortCode: code, target: `https://example.com/${at}` });
    const { links } = this.world.app;
    await links.create(operator, { ownerId: this.owner.id }, make(0));
    for (let at = 1; at <= changes; at++)
      await links.edit(operator, code, { target: make(at).target });
    return code;
  }

  async addText(code: string, kind: "file" | "markdown" | "html", size: number): Promise<void> {
    const [name, line] =
      kind === "file" ? ["a.py", "x = [1, 'two']  # and\n"] : ["a.md", "some *words* of text\n"];
    const bytes = line.repeat(size / line.length);
    await share(this.world, this.owner, { code, kind, name, bytes });
  }

  async addCollection(code: string, files: number): Promise<void> {
    const texts = Array.from({ length: files }, (_, at) => [`${at}.txt`, `${at}`]);
    await collectionOf(this.world, this.owner, code, Object.fromEntries(texts));
  }

  async addImage(code: string, pixels: number): Promise<void> {
    const width = Math.round(Math.sqrt(pixels));
    const rows = Array.from({ length: width }, (_, y) =>
      Array.from({ length: width }, (__, x) => (x ^ y) % 3 === 0),
    );
    await share(this.world, this.owner, { code, name: "a.png", bytes: await encodePng(rows) });
  }

  /** One visit in each of the hours from now. */
  async addVisitedHours(code: string, count: number): Promise<void> {
    for (let hour = 0; hour < count; hour++) {
      this.world.clock.advance(HOUR);
      await this.world.request(`/${code}`);
    }
    await this.world.app.visits.flush();
  }

  async addUsers(count: number): Promise<void> {
    for (let made = 0; made < count; made++) await this.#addUser(this.newCode());
  }

  /** Without a password, since hashing one takes long. */
  async #addUser(username: string): Promise<User> {
    const row = { username, display_name: username, role: "user", disabled: 0 } as const;
    const values = { ...row, password_hash: null, created_at: 0 };
    const { app } = this.world;
    await app.database.write((trx) => trx.insertInto("user").values(values).execute());
    const user = await app.accounts.users.findByUsername(username);
    if (user === null) throw new Error(`There is no user ${username}.`);
    return user;
  }

  /** An account with links, to be deleted. */
  async addLeaver(count: number): Promise<void> {
    const { users } = this.world.app.accounts;
    if ((await users.findByUsername(`leaver-${count}`)) !== null) return;
    const leaver = await this.#addUser(`leaver-${count}`);
    const codes = Array.from({ length: count }, () => this.newCode());
    await Promise.all(codes.map((code) => this.#addLink(code, leaver)));
  }

  async addEvents(count: number): Promise<void> {
    const { app } = this.world;
    const event = { action: "link.changed", resource: "redirect", ownerId: this.owner.id } as const;
    await app.database.write((trx) =>
      app.audit.record(
        trx,
        as(this.owner),
        ...Array.from({ length: count }, () => ({ ...event, details: {} })),
      ),
    );
  }

  async addArchive(count: number): Promise<void> {
    const { app } = this.world;
    await this.addLeaver(count);
    const leaver = await app.accounts.users.findByUsername(`leaver-${count}`);
    if (leaver === null) return;
    const { bytes } = await backUpUser(app, operator, leaver);
    this.archives.set(count, new Blob([Buffer.concat(await Array.fromAsync(bytes))]));
    await app.accounts.removal.remove(as(this.owner), leaver.id, { links: "delete" });
  }

  /** All rows of the database. */
  countRows(): number {
    using database = new Database(join(this.world.dataFolder, "trunk8.db"), { readonly: true });
    const tables = database.query<{ name: string }, []>(
      "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not glob '*_fts*'",
    );
    return tables
      .all()
      .map(
        ({ name }) =>
          database.query<{ n: number }, []>(`select count(*) as n from "${name}"`).get()?.n ?? 0,
      )
      .reduce((sum, count) => sum + count, 0);
  }
}
