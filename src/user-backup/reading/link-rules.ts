import { forbiddenSchemes } from "../../config/values/addresses.ts";
import { requireAllowedName } from "../../files/file-name.ts";
import { fileTooLarge } from "../../files/receive.ts";
import { parseAliases } from "../../links/aliases/aliases.ts";
import type { RestoredLink } from "../../links/bulk/restored-links.ts";
import { type InputContext, parseNewLink } from "../../links/input/link-schema.ts";
import { kinds, type Link, type LinkGate, noGate } from "../../links/link.ts";
import { embedHostsFrom } from "../../links/options/embed-hosts.ts";
import { isReserved, isStoredCode } from "../../links/short-code.ts";
import { invalid, type Problem } from "../../problem.ts";
import type { ArchivedLink } from "../checked-link.ts";
import { text } from "../text.en.ts";

/** What links of an archive are checked against, apart from the links that there are. */
export interface LinkRules {
  readonly context: InputContext;
  readonly allowedExtensions: readonly string[];
  /** Null: unlimited. */
  readonly maxFileBytes: number | null;
  /** Whether to accept what the site's settings forbid: they may have been different before. */
  readonly isTrusted: boolean;
}

/** A link without its bytes. */
type ValidLink = Omit<RestoredLink, "content" | "files">;

/**
 * Checks one link of an archive, all but its bytes.
 * @throws Problem `invalid` whose message says why the link is skipped
 */
export function validateLink(rules: LinkRules, link: ArchivedLink): ValidLink {
  const { shortCode, expiresAt, createdAt, updatedAt } = link;
  if (!isStoredCode(shortCode)) throw skipped(text.links.badCode);
  if (isReserved(shortCode)) throw skipped(text.links.reserved);
  const kind = kinds.find((known) => known === link.kind);
  if (kind === undefined) throw skipped(text.links.unknownKind);
  const aliases = parseAliases(link.aliases, link.aliases.filter(isUsable));
  const {
    shortCode: _,
    expiresAt: __,
    password: ___,
    ...input
  } = parseOptions(rules, { ...link, kind });
  return { ...input, ...gateOf(link), aliases, shortCode, expiresAt, createdAt, updatedAt };
}

/** Visits left never exceed the limit. */
function gateOf({ visitLimit, visitsLeft, passwordHash }: ArchivedLink): LinkGate {
  const left = visitLimit === null ? null : Math.min(visitsLeft ?? visitLimit, visitLimit);
  return { ...noGate, visitLimit, visitsLeft: left, passwordHash };
}

function isUsable(code: string): boolean {
  return isStoredCode(code) && !isReserved(code);
}

/**
 * Checks a file of a link by the settings of the site.
 * @throws Problem `invalid` whose message says why the link is skipped
 */
export function requireAllowedFile(rules: LinkRules, file: { name: string; size: number }): void {
  if (rules.isTrusted) return;
  requireAllowedName(file.name, rules.allowedExtensions, "file");
  const { maxFileBytes: most } = rules;
  if (most !== null && file.size > most) throw skipped(fileTooLarge(most).message);
}

/** Checks by the rules for new links, without the expiry: an expired link is restored, too. */
function parseOptions(rules: LinkRules, link: ArchivedLink & Pick<Link, "kind">) {
  const { kind, title, note, redirectStatus, disabled, inline } = link;
  const target = kind === "redirect" ? link.target : null;
  const { startsAt, fallbackUrl, forwardQuery } = link;
  const embedHosts = link.embedHosts ?? embedHostsFrom(kind, null);
  const options = { startsAt, fallbackUrl, forwardQuery, embedHosts, tags: [...link.tags] };
  const input = { kind, target, title, note, redirectStatus, disabled, inline, ...options };
  return parseNewLink(input, contextFor(rules, link), {
    hasContent: kind !== "collection",
    hasFiles: link.files.length > 0,
  });
}

function contextFor({ context, isTrusted }: LinkRules, { target }: ArchivedLink): InputContext {
  const scheme = URL.parse(target)?.protocol.slice(0, -1) ?? "";
  if (!isTrusted || scheme === "" || forbiddenSchemes.has(scheme)) return context;
  return { ...context, schemes: [...context.schemes, scheme] };
}

export function skipped(reason: string): Problem {
  return invalid("short_code", reason);
}
