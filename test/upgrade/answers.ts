import type { Kind } from "../../src/links/link.ts";
import type { Account, AccountLink } from "./accounts.ts";

/** What a visitor gets at a short code. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly type: string | null;
  readonly disposition: string | null;
  /** SHA-256 of the bytes of a file, a hosted page, or the source of a document. */
  readonly sha256: string | null;
  /** The words of a rendered document. */
  readonly words: string | null;
}

export type Answers = Readonly<Record<string, Answer>>;

type Ask = (path: string, init: RequestInit) => Promise<Response>;

const HEADERS = { "accept-encoding": "identity", "user-agent": "upgrade test" };

/** Opens each of these links. */
export async function askAll(
  ask: Ask,
  links: Iterable<readonly [shortCode: string, kind: Kind]>,
): Promise<Answers> {
  const answers: Record<string, Answer> = {};
  for (const [shortCode, kind] of links) answers[shortCode] = await askOne(ask, shortCode, kind);
  return answers;
}

async function askOne(ask: Ask, shortCode: string, kind: Kind): Promise<Answer> {
  const path = `/${encodeURIComponent(shortCode)}`;
  const response = await ask(path, { headers: HEADERS, redirect: "manual" });
  const { status, headers } = response;
  const isDocument = status === 200 && kind === "markdown";
  const source = isDocument ? await ask(`${path}?raw=1`, { headers: HEADERS }) : response;
  return {
    status,
    location: headers.get("location"),
    // What an error page looks like is no promise.
    type: status === 200 ? headers.get("content-type") : null,
    disposition: headers.get("content-disposition"),
    sha256: status === 200 ? await hashOf(source) : null,
    words: isDocument ? await wordsOf(response) : null,
  };
}

async function hashOf(response: Response): Promise<string> {
  const bytes = await response.arrayBuffer();
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}

/** The text of a rendered document, without markup and white space that may change. */
async function wordsOf(response: Response): Promise<string> {
  let text = "";
  const rewriter = new HTMLRewriter().on("article.document", {
    text: (chunk) => {
      text += chunk.text;
    },
  });
  await rewriter.transform(response).text();
  return text.replaceAll(/\s+/g, " ").trim();
}

/**
 * What later versions deliberately answer otherwise than 725086e did, by short code; each with its reason. For example:
 *
 *   // Decision 40: documents are text in UTF-8 everywhere.
 *   "f-csv": { type: "text/csv; charset=utf-8" },
 */
const changedAnswers: Readonly<Record<string, Partial<Answer>>> = {
  // A link that was imported without its file is not found: nothing on the server has failed.
  lost: { status: 404 },
  passwd: { status: 404 },
  absolute: { status: 404 },
  theirs: { status: 404 },
  linked: { status: 404 },
  nul: { status: 404 },
  // A type is recognized by bytes: scripts and XML are shown as text, and never run.
  "f-js": { type: "text/plain; charset=utf-8" },
  "f-xml": { type: "text/plain; charset=utf-8" },
  // The source of a document is UTF-8, also where it is stored in UTF-16.
  "m-utf16": { sha256: "e606cdb98b0ca389a65dcbe063765df614e795632a783d0dd822357df6cc4e86" },
  // A Location is a valid URI: the host in punycode, and encoded what no URI may hold.
  "r-angle": { location: "https://example.com/%3Ctag%3E" },
  "r-backslash": { location: "https://example.com/evil" },
  "r-brackets": { location: "https://example.com/?a%5B%5D=1&b=%7Bx%7D%7Cy%5Ez%60" },
  "r-idn": { location: "https://xn--bcher-kva.example/%C3%A4" },
  "r-quote": { location: "https://example.com/?q=%22quoted%22&x=%271%27" },
  "r-space": { location: "https://example.com/a%20path%20with%20spaces" },
  r308: { location: "https://xn--bcher-kva.example/%C3%A4%20b" },
};

/** The answers that this version must give where 725086e gave these. */
export function expectedAnswers(recorded: Answers): Answers {
  return Object.fromEntries(
    Object.entries(recorded).map(([code, answer]) => [
      code,
      { ...answer, ...changedAnswers[code] },
    ]),
  );
}

/** What imports and restores deliberately store otherwise than 725086e did, by short code. */
const changedLinks: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
  "f-js": { media_type: "text/plain; charset=utf-8" },
  "f-xml": { media_type: "text/plain; charset=utf-8" },
  "m-latin1": { media_type: "text/plain" },
  "m-utf16": { media_type: "text/plain; charset=utf-16le" },
  // No time is after the year 9999, the last that forms take.
  "e-far": { expires_at: 253_402_300_799_000 },
};

/** The accounts that this version must import where 725086e imported these. */
export function expectedAccounts(recorded: Readonly<Record<string, Account>>) {
  return Object.fromEntries(
    Object.entries(recorded).map(([username, account]) => [
      username,
      { ...account, links: account.links.map(withChanges) },
    ]),
  );
}

function withChanges(link: AccountLink): AccountLink {
  return { ...link, ...changedLinks[String(link.short_code)] };
}
