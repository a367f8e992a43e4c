import { join, normalize } from "node:path";
import type { App } from "../../app.ts";
import { forbiddenSchemes } from "../../config/values/addresses.ts";
import { pathInPlace } from "../../files/blob.ts";
import { isOwnAddress } from "../../http/urls.ts";
import { kinds, type Link } from "../../links/link.ts";
import { isStoredCode } from "../../links/short-code.ts";
import { parseTarget, type Target } from "../../links/target/target.ts";
import { type FileLink, type LinksFile, readLinksFile } from "../../links-file/links-file.ts";
import { type OldContent, type OldLink, readOldLink } from "../../links-file/old-link.ts";
import { invalid, isInvalid } from "../../problem.ts";
import type { ImportReport } from "../import-report.ts";
import type {
  ImportedAccount,
  Remark,
  SourceContent,
  SourceFile,
  SourceLink,
  SourcePlace,
} from "../imported-site.ts";
import { text as importText } from "../text.en.ts";
import {
  findAssets,
  findOldFile,
  listOldFiles,
  type OldFolder,
  readOldText,
  statIfThere,
  USERS_FILE,
} from "./old-folder.ts";
import { headingsWithoutSpace } from "./old-markdown.ts";
import { RENAMED } from "./rename-old-files.ts";
import { text } from "./text.en.ts";

/** Largest document that is read for its headings, and most of their lines that a note names. */
const MAX_DOCUMENT_BYTES = 4_194_304;
const MAX_LINES = 10;

/** The links of all users, and the files that none of them names. */
export interface OldLinks {
  readonly links: readonly SourceLink[];
  readonly unusedFiles: readonly string[];
}

export interface LinksReading {
  readonly app: App;
  readonly folder: OldFolder;
  readonly report: ImportReport;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** IANA name: the times of the old files have no zone. */
  readonly zone: string;
}

/** Reads the links of `users`, in their order; what cannot be read is reported. */
export async function readOldLinks(
  reading: LinksReading,
  users: readonly ImportedAccount[],
): Promise<OldLinks> {
  const links: SourceLink[] = [];
  const unusedFiles: string[] = [];
  for (const user of users) {
    const reader = await UserReader.open(reading, user);
    if (reader === null) continue;
    links.push(...(await reader.readLinks()));
    unusedFiles.push(...(await reader.unusedFiles()));
  }
  return { links, unusedFiles };
}

interface UserFiles {
  readonly file: string;
  readonly links: LinksFile;
  /** Null if there is no folder of files, or if it is elsewhere. */
  readonly assets: string | null;
}

/** Reads one user's links.toml. */
class UserReader {
  readonly #reading: LinksReading;
  readonly #user: ImportedAccount;
  /** Its path, as reports name it. */
  readonly #file: string;
  readonly #links: LinksFile;
  readonly #assets: string | null;
  readonly #usedFiles = new Set<string>();

  private constructor(
    reading: LinksReading,
    user: ImportedAccount,
    { file, links, assets }: UserFiles,
  ) {
    this.#reading = reading;
    this.#user = user;
    this.#file = file;
    this.#links = links;
    this.#assets = assets;
  }

  /** Null, and a line in the report, if the file is missing or unreadable. */
  static async open(reading: LinksReading, user: ImportedAccount): Promise<UserReader | null> {
    const file = `users/${user.oldName}/links.toml`;
    const links = await readFile(reading, file);
    if (links === null) return null;
    const assets = await findAssets(reading.folder, user.oldName);
    return new UserReader(reading, user, { file, links, assets });
  }

  async readLinks(): Promise<SourceLink[]> {
    const { report } = this.#reading;
    const { errors, links } = this.#links;
    for (const { line, message } of errors) report.remark({ file: this.#file, line }, message);
    const inOrder = links.toSorted(
      (a, b) => (this.#placeOf(a).line ?? 0) - (this.#placeOf(b).line ?? 0),
    );
    const read: SourceLink[] = [];
    for (const link of inOrder) read.push(...(await this.#readOrSkip(link)));
    return read;
  }

  /** The files of the assets folder that no link names. Only known once the links are read. */
  async unusedFiles(): Promise<string[]> {
    const { app, folder } = this.#reading;
    const { oldName } = this.#user;
    const unused: string[] = [];
    const files = this.#assets === null ? [] : await listOldFiles(this.#assets);
    for (const file of files) {
      if (this.#usedFiles.has(file)) continue;
      const path = folder.isInPlace ? pathInPlace(oldName, file) : null;
      const isOurs = path !== null && (await app.files.blobs.findByPath(path)) !== null;
      if (!isOurs) unused.push(`users/${oldName}/assets/${file}`);
    }
    return unused;
  }

  async #readOrSkip(fileLink: FileLink): Promise<SourceLink[]> {
    try {
      return [await this.#read(fileLink)];
    } catch (thrown) {
      if (!isInvalid(thrown)) throw thrown;
      const message = text.links.skipped(fileLink.shortCode, thrown.message);
      this.#reading.report.skip(this.#placeOf(fileLink), message);
      return [];
    }
  }

  async #read(fileLink: FileLink): Promise<SourceLink> {
    const old = readOldLink(fileLink, this.#reading);
    const expiryPlace = this.#placeOf(fileLink, "expiration_date");
    const remarks: Remark[] = [];
    if (old.isExpiryUnreadable) {
      const date = String(fileLink.expiration_date);
      remarks.push({ ...expiryPlace, message: text.links.unreadableExpiry(old.shortCode, date) });
    }
    const allowed = this.#requireAllowed(old);
    const content = old.content && (await this.#findContent(old.content));
    if (typeof content === "string") {
      const message = text.links.missingFile(old.shortCode, content);
      remarks.push({ ...this.#placeOf(fileLink, "path"), message });
    }
    if (allowed.kind === "markdown" && content !== null && typeof content !== "string")
      remarks.push(...(await this.#remarkHeadings(fileLink, content)));
    return {
      ...allowed,
      owner: this.#user.user.username,
      title: "",
      note: "",
      redirectStatus: 302,
      disabled: false,
      inline: false,
      expiresAt: old.expiresAt,
      createdAt: Math.min(old.createdAt, this.#reading.now),
      content: typeof content === "string" ? null : content,
      place: this.#placeOf(fileLink),
      expiryPlace,
      remarks,
    };
  }

  async #remarkHeadings(fileLink: FileLink, { bytes }: SourceContent): Promise<Remark[]> {
    if ("place" in bytes && bytes.size > MAX_DOCUMENT_BYTES) return [];
    const source = "text" in bytes ? bytes.text : await Bun.file(bytes.place).text();
    const lines = headingsWithoutSpace(source);
    if (lines.length === 0) return [];
    const message = text.links.headingsWithoutSpace(fileLink.shortCode, lines.slice(0, MAX_LINES));
    return [{ ...this.#placeOf(fileLink), message }];
  }

  /** Checks a link by the rules for new ones, but with the short codes and URL schemes that the old program allowed. */
  #requireAllowed({
    shortCode,
    kind,
    target,
  }: OldLink): Pick<Link, "shortCode" | "kind" | "target"> {
    if (!isStoredCode(shortCode)) throw invalid("short_code", importText.links.badCode);
    if (isOwnAddress(shortCode)) throw invalid("short_code", importText.links.reserved);
    const known = kinds.find((name) => name === kind);
    if (known === undefined) throw invalid("link_type", text.links.unknownKind(kind));
    return {
      shortCode,
      kind: known,
      target: known === "redirect" ? this.#parseTarget(target) : "",
    };
  }

  #parseTarget(target: string): Target {
    const url = this.#wholeUrl(target);
    const scheme = URL.parse(url)?.protocol.slice(0, -1) ?? "";
    if (forbiddenSchemes.has(scheme)) throw invalid("url", text.links.forbiddenScheme(scheme));
    return parseTarget(url, { schemes: [scheme], wasStored: true });
  }

  /** The old program resolved URLs without scheme or host against its own, where the site's public URL is known. */
  #wholeUrl(target: string): string {
    const url = target.trim();
    const base = this.#reading.app.live.current["server.public_url"];
    if (url === "" || URL.canParse(url)) return url;
    if (url.startsWith("//")) return `https:${url}`;
    if (base === "" || !URL.canParse(url, base)) throw invalid("url", text.links.notWhole(url));
    return new URL(url, base).href;
  }

  /** The bytes of a link; a text says why there are none. */
  async #findContent({ name, modifiedAt, source }: OldContent): Promise<SourceContent | string> {
    if ("text" in source) return { name, modifiedAt, bytes: source };
    const file = await this.#findFile(source.path);
    return typeof file === "string" ? file : { name, modifiedAt, bytes: file };
  }

  async #findFile(path: string): Promise<SourceFile | string> {
    if (path === "") return text.links.noPath;
    const found = await findOldFile(this.#assets, path);
    if (typeof found === "string") return found;
    const { relative, ...file } = found;
    this.#usedFiles.add(relative).add(normalize(path));
    const { isInPlace } = this.#reading.folder;
    return { ...file, path: isInPlace ? pathInPlace(this.#user.oldName, relative) : null };
  }

  #placeOf({ shortCode }: FileLink, word?: string): SourcePlace {
    return { file: this.#file, line: this.#links.places.of(shortCode, word).line };
  }
}

/** Null, and a line in the report, if nothing of it can be read: then nothing is said of the user's files either. */
async function readFile(reading: LinksReading, file: string): Promise<LinksFile | null> {
  const { folder, report } = reading;
  const path = join(folder.root, file);
  try {
    const source = await readOldText(path);
    if (source === null) {
      if ((await statIfThere(path + RENAMED)) === null)
        report.remark({ file, line: null }, text.links.noFile);
      return null;
    }
    const links = readLinksFile(source, { strict: false });
    const broken = links.errors.find(({ shortCode }) => shortCode === undefined);
    if (broken === undefined) return links;
    const message = text.links.syntaxError(broken.column, broken.message);
    report.skip({ file, line: broken.line }, howToRepeat(folder, message));
  } catch (thrown) {
    if (!isInvalid(thrown)) throw thrown;
    report.skip({ file, line: null }, howToRepeat(folder, thrown.message));
  }
  return null;
}

function howToRepeat({ isInPlace }: OldFolder, reason: string): string {
  return isInPlace
    ? text.links.againInPlace(reason, RENAMED, USERS_FILE)
    : text.links.again(reason);
}
