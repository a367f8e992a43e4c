import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ListedLink } from "../../src/links/links.ts";
import { applyDeclared, declaredPath, readDeclared } from "../../src/links-file/apply-declared.ts";
import { fileLinkFrom } from "../../src/links-file/export-link.ts";
import { writeLinksFile } from "../../src/links-file/links-file.ts";
import { applyPlan, type LinksPlan, planLinks } from "../../src/links-file/links-plan.ts";
import { operator } from "../../src/policy.ts";
import { PASSWORD } from "../world.ts";
import { type Account, accountsOf } from "./accounts.ts";
import { type Answers, askAll } from "./answers.ts";
import { fixturePath, tablesOf725086e, unpack } from "./fixture.ts";
import { openSite, type Site } from "./site.ts";
import { kindsOf, readTables } from "./tables.ts";

/** Users of the SQLite site whose links were exported. */
export const exportedUsers = ["admin", "carla", "dave", "ines", "omar"] as const;

/** What commit 725086e made of each links.toml in an empty site. */
export type RecordedFiles = Readonly<Record<string, { account: Account; answers: Answers }>>;

/** The links.toml files, whose they are, and how they are applied. */
export const linksFiles = [
  { file: "declared.toml", username: "omar", isOwn: true },
  { file: "exported-ines.toml", username: "ines", isOwn: false },
  { file: "exported-omar.toml", username: "omar", isOwn: true },
] as const;

export type LinksFile = (typeof linksFiles)[number];

/** An empty site of one user, with the files that lie among that user's assets in the SQLite fixture. */
export async function openSiteOf(
  folder: string,
  username: string,
  databaseUrl = "",
): Promise<Site> {
  unpack("sqlite-site.tar.gz", join(folder, "old"));
  const assets = join("users", username, "assets");
  const dataFolder = join(folder, "data");
  mkdirSync(dataFolder);
  const env = {
    TRUNK8_APP_TIMEZONE: "Europe/Paris",
    TRUNK8_FILES_ALLOWED_EXTENSIONS: "*",
    TRUNK8_LINKS_SCHEMES: "http, https, mailto",
  };
  const site = await openSite({ dataFolder, databaseUrl, env });
  await site.app.accounts.users.create(operator, { username, password: PASSWORD });
  cpSync(join(folder, "old", assets), join(dataFolder, assets), { recursive: true });
  return site;
}

/** Applies a links.toml of the fixtures as `trunk8 apply` does. */
export async function applyFile(
  { app }: Site,
  { file, username, isOwn }: LinksFile,
): Promise<LinksPlan> {
  const owner = await findUser(app, username);
  const path = fixturePath(`links-toml/${file}`);
  if (isOwn) {
    const own = declaredPath(app.live.dataFolder, username);
    mkdirSync(dirname(own), { recursive: true });
    cpSync(path, own);
    const { plan, fault } = await applyDeclared(app, owner, { prune: false });
    if (plan === null) throw new Error(`${file} was not applied: ${fault}`);
    return plan;
  }
  const plan = await planLinks(app, owner, await readDeclared(path), KEEPING);
  if (plan.errors.length > 0) throw new Error(`${file}: ${JSON.stringify(plan.errors)}`);
  await applyPlan(app, plan);
  return plan;
}

const KEEPING = { declares: false, removes: "none" } as const;

/** A user's links as `trunk8 export` prints them. */
export async function exportLinks({ app }: Pick<Site, "app">, username: string): Promise<string> {
  const { id } = await findUser(app, username);
  const links: ListedLink[] = [];
  let cursor: string | null = null;
  do {
    const asked = { ownerId: id, limit: 500, ...(cursor !== null && { cursor }) };
    const page: { links: readonly ListedLink[]; next: string | null } = await app.links.list(
      operator,
      asked,
    );
    links.push(...page.links);
    cursor = page.next;
  } while (cursor !== null);
  return writeLinksFile(links.flatMap((link) => fileLinkFrom(link, username) ?? []));
}

/** What a visitor and the owner see of an applied file; the disk alone says how old a file on it is. */
export async function lookAtApplied(site: Site, username: string) {
  const tables = await readTables(site.app, tablesOf725086e());
  const account = accountsOf(tables)[username];
  if (account === undefined) throw new Error(`There is no ${username}.`);
  const links = account.links.map(({ content_at: _, ...link }) => link);
  const answers = await askAll(site.request, kindsOf(tables));
  return { account: { ...account, links }, answers };
}

async function findUser({ accounts: { users } }: Site["app"], username: string) {
  const user = await users.findByUsername(username);
  if (user === null) throw new Error(`There is no ${username}.`);
  return user;
}
