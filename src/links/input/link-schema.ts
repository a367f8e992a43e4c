import { z } from "zod";
import type { Clock } from "../../clock.ts";
import type { LiveSettings } from "../../config/live-settings.ts";
import { effectiveZone } from "../../config/values/time-zone.ts";
import { fieldNameOf } from "../../parse-input.ts";
import { invalid } from "../../problem.ts";
import { type CodeChanges, codesOf, newCode, parseAliases } from "../aliases/aliases.ts";
import { refuseNewCodesOfItself } from "../aliases/refuse-itself.ts";
import { parseExpiry, parseTime } from "../expiry.ts";
import { linkPasswordSchema, visitLimitSchema } from "../gate/gate-input.ts";
import { type Kind, kinds, type Link, type LinkOptions, redirectStatuses } from "../link.ts";
import { type EmbedHosts, NO_HOSTS, parseEmbedHosts } from "../options/embed-hosts.ts";
import { requireStartBeforeExpiry } from "../options/start.ts";
import { parseShortCode, type ShortCode } from "../short-code.ts";
import { parseTags } from "../tags/tag-names.ts";
import { parseTarget, pointsToItself, type Target } from "../target/target.ts";
import { text } from "../text.en.ts";
import { collect, refusing, renamingFields, withoutUndefined } from "./parse-fields.ts";
import { parseNote, parseTitle } from "./title-and-note.ts";

const flag = z.boolean({ error: () => text.input.noBoolean });
const string = z.string({ error: () => text.input.noText });

/**
 * A new link as every entry point describes it. Null or absent is the default: an automatic code, no title, a temporary
 * redirect, no expiry. Whether a kind gets the content it needs is said apart, since content arrives in several ways.
 */
export const newLinkSchema = z.strictObject({
  shortCode: string.transform(refusing((code) => parseShortCode(code.trim()))).nullish(),
  kind: z.enum(kinds, { error: () => text.input.unknownKind }).optional(),
  target: string.nullish(),
  title: string.transform(refusing(parseTitle)).nullish(),
  note: string.transform(refusing(parseNote)).nullish(),
  /** Names; those that compare as equal are one. */
  tags: z
    .array(string, { error: () => text.tags.noList })
    .transform(refusing(parseTags))
    .nullish(),
  redirectStatus: z
    .literal(redirectStatuses, { error: () => text.input.unknownRedirectStatus })
    .nullish(),
  /** Milliseconds since 1970 UTC; or a text: a span from now (`7d`), or a date and time. */
  expiresAt: z.union([z.int(), z.string()], { error: () => text.expiry.unreadable }).nullish(),
  /** As the expiry; it may have passed. */
  startsAt: z.union([z.int(), z.string()], { error: () => text.expiry.unreadable }).nullish(),
  fallbackUrl: string.nullish(),
  /** Null: as the site's settings say. */
  forwardQuery: flag.nullish(),
  /** Websites with spaces between them. */
  embedHosts: string.nullish(),
  /** Further short codes. */
  aliases: z.array(string, { error: () => text.aliases.noList }).nullish(),
  visitLimit: visitLimitSchema.nullish(),
  password: linkPasswordSchema.nullish(),
  disabled: flag.nullish(),
  inline: flag.nullish(),
});

/** Changes of a link: an absent key keeps its value, null clears it. */
export const linkChangesSchema = newLinkSchema.extend({
  /** Whether a short code that is replaced still opens the link, as it does by default. */
  keepAlias: flag.nullish(),
  /** Revision of the link that was changed: if it has changed since, the changes are refused. */
  revision: z
    .int({ error: () => text.input.noRevision })
    .min(1, { error: () => text.input.noRevision })
    .nullish(),
});

/** A removal: with a revision, it is refused if the link has changed since. */
export const linkRemovalSchema = linkChangesSchema.pick({ revision: true });

export type NewLinkInput = z.input<typeof newLinkSchema>;
export type LinkChangesInput = z.input<typeof linkChangesSchema>;

/** A new link, checked. */
export interface NewLink
  extends Pick<
    Link,
    | "kind"
    | "target"
    | "title"
    | "note"
    | "tags"
    | "redirectStatus"
    | "expiresAt"
    | "disabled"
    | "inline"
    | "visitLimit"
    | keyof LinkOptions
  > {
  /** Null: none. */
  readonly password: string | null;
  /** Null: choose one. */
  readonly shortCode: ShortCode | null;
}

/** Checked changes of a link; an absent key keeps its value. */
export interface LinkChanges extends Partial<Omit<NewLink, "shortCode">>, CodeChanges {
  /** The revision that must not have changed; absent: any. */
  readonly revision?: number;
}

/** What input is checked against. */
export interface InputContext {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** IANA name of the zone in which a time without one is read. */
  readonly zone: string;
  /** Lower-case scheme names that a target may have. */
  readonly schemes: readonly string[];
  /** Whether new files open in the browser, where their link does not say. */
  readonly inline: boolean;
  /** Whether every website may show a link in a frame, where the link says so. */
  readonly embedAnywhere?: boolean;
  /** Origins under which this site is reached, as far as the entry point knows. */
  readonly ownOrigins: readonly string[];
  /** Whether the link was stored before, here or elsewhere: newer rules for targets do not hold for it. */
  readonly wasStored?: boolean;
  /** Whether the link may have expired already. */
  readonly mayHaveExpired?: boolean;
}

/** The context of input that arrives now; `zone` is the reader's, or else the site's. */
export function inputContext(
  { clock, live }: { readonly clock: Clock; readonly live: Pick<LiveSettings, "current"> },
  ownOrigins: readonly string[],
  zone = effectiveZone(live.current),
): InputContext {
  const settings = live.current;
  return {
    now: clock(),
    zone,
    schemes: settings["links.schemes"],
    inline: settings["files.inline"],
    embedAnywhere: settings["links.embed_anywhere"],
    ownOrigins,
  };
}

/** Whether content comes along with the input: a file, or a text that becomes one. */
interface ContentNote {
  readonly hasContent: boolean;
  /** Whether the files of a link come along that has several. */
  readonly hasFiles?: boolean;
  /** Whether a text was sent that is empty. */
  readonly isCleared?: boolean;
}

const noContent: ContentNote = { hasContent: false };

const nothing = {
  shortCode: null,
  target: null,
  title: null,
  note: null,
  tags: null,
  redirectStatus: null,
  expiresAt: null,
  startsAt: null,
  fallbackUrl: null,
  forwardQuery: null,
  embedHosts: null,
  aliases: null,
  visitLimit: null,
  password: null,
  disabled: null,
  inline: null,
} as const satisfies NewLinkInput;

/**
 * Checks a new link by the schema and the site's rules.
 * @throws Problem `invalid` with a message for every refused field
 */
export function parseNewLink(
  input: NewLinkInput,
  context: InputContext,
  note = noContent,
): NewLink {
  const kind = input.kind ?? (note.hasContent ? "file" : "redirect");
  const given = { ...nothing, ...withoutUndefined(input), kind };
  const codes = [input.shortCode ?? "", ...listed(input.aliases)];
  const former = { codes, aliases: [], kind: null, content: null };
  const parsed = collect({
    shortCode: () => read(given, "shortCode", null),
    ...parsersOf(given, former, context, note),
  }) as NewLink;
  requireStartBeforeExpiry(parsed);
  return parsed;
}

/** The aliases of an input that is not checked yet: they may be no list. */
function listed(aliases: NewLinkInput["aliases"]): readonly string[] {
  return Array.isArray(aliases) ? aliases : [];
}

/**
 * Checks changes of `link` by the schema and the site's rules.
 * @throws Problem `invalid` with a message for every refused field
 */
export function parseLinkChanges(
  input: LinkChangesInput,
  link: Link,
  context: InputContext,
  note = noContent,
): LinkChanges {
  const { revision, shortCode, keepAlias, ...fields } = input;
  const codes = [...codesOf(link), shortCode ?? "", ...listed(fields.aliases)];
  const changes = collect({
    revision: () => read({ revision }, "revision", undefined),
    shortCode: () => newCode(shortCode, link),
    keepAlias: () => read({ keepAlias }, "keepAlias", undefined),
    ...parsersOf(withoutUnchanged(fields, link), { ...link, codes }, context, note),
  });
  const parsed = withoutUndefined(changes) as LinkChanges;
  refuseNewCodesOfItself(link, parsed, context.ownOrigins);
  if (parsed.startsAt !== undefined || parsed.expiresAt !== undefined)
    requireStartBeforeExpiry({ ...link, ...parsed });
  return parsed;
}

type FieldsInput = Omit<LinkChangesInput, "revision" | "shortCode" | "keepAlias">;

/** The input without values that the link has already: stored values may be older than the rules. */
function withoutUnchanged(input: FieldsInput, link: Link): FieldsInput {
  const { expiresAt, startsAt } = link;
  const stored: Readonly<Record<string, unknown>> = {
    ...link,
    expiresAt: expiresAt && new Date(expiresAt).toISOString(),
    startsAt: startsAt && new Date(startsAt).toISOString(),
  };
  const isUnchanged = (key: string, value: unknown) => {
    const before: unknown = stored[key];
    if (typeof value !== "string" || typeof before !== "string") return value === before;
    return normalized(value) === normalized(before);
  };
  const isSameMoment = (key: string, value: unknown) =>
    (key === "expiresAt" || key === "startsAt") && value !== undefined && value === link[key];
  const entries = Object.entries(input).filter(
    ([key, value]) => !isUnchanged(key, value) && !isSameMoment(key, value),
  );
  return Object.fromEntries(entries);
}

/** Line ends as a form sends them, and white space around a text, make no difference. */
function normalized(text: string): string {
  return text.replaceAll("\r\n", "\n").trim();
}

/** What a link was before; null for a new one. */
interface Former {
  readonly kind: Kind | null;
  readonly content: unknown;
  readonly aliases: readonly string[];
  /** Short codes that open the link, or will. */
  readonly codes: readonly string[];
}

/** A parser for each field; those of absent ones return undefined. */
function parsersOf(input: FieldsInput, link: Former, context: InputContext, note: ContentNote) {
  const { hasContent, isCleared = false } = note;
  const kind = input.kind ?? link.kind ?? "redirect";
  const keepsTarget = kind === link.kind && input.target === undefined;
  return {
    kind: () => {
      if (isCleared) throw invalid("content", text.input.noContent);
      const known = read(input, "kind", kind);
      if (known === "collection" || link.kind === "collection") {
        requireFiles(known, link, note);
        return known;
      }
      if (known === undefined || known === "redirect") return known;
      if (hasContent || link.content !== null) return known;
      throw invalid("content", text.input.noContent);
    },
    target: () => {
      if (keepsTarget || !kinds.includes(kind)) return undefined;
      return parseTargetOf(kind, read(input, "target", "") ?? "", link.codes, context);
    },
    title: () => read(input, "title", ""),
    note: () => read(input, "note", ""),
    tags: () => read(input, "tags", none),
    redirectStatus: () => read(input, "redirectStatus", 302 as const),
    expiresAt: () => {
      const given = read(input, "expiresAt", null);
      if (typeof given !== "number" && typeof given !== "string") return given;
      const parse = context.mayHaveExpired ? parseTime : parseExpiry;
      return parse(given, "expires_at", context);
    },
    startsAt: () => {
      const given = read(input, "startsAt", null);
      return given === undefined || given === null ? given : parseTime(given, "starts_at", context);
    },
    fallbackUrl: () => {
      const given = read(input, "fallbackUrl", "");
      return given === undefined ? undefined : parseFallback(given, link.codes, context);
    },
    forwardQuery: () => read(input, "forwardQuery", null),
    embedHosts: () => {
      const given = read(input, "embedHosts", "");
      if (given !== undefined) return parseEmbeddingOf(kind, given, context);
      return kind === "redirect" && kind !== link.kind ? NO_HOSTS : undefined;
    },
    aliases: () => {
      const given = read(input, "aliases", []);
      return given && parseAliases(given, link.aliases);
    },
    visitLimit: () => read(input, "visitLimit", null),
    password: () => read(input, "password", null),
    disabled: () => read(input, "disabled", false),
    inline: () => read(input, "inline", kind === "file" && context.inline),
  };
}

/** A collection begins with files, stays one, and has no text. */
function requireFiles(kind: Kind | undefined, link: Former, note: ContentNote): void {
  if (link.kind === null && !note.hasFiles) throw invalid("files", text.files.none);
  if (link.kind !== null && kind !== undefined && kind !== link.kind)
    throw invalid("kind", text.files.kindStays);
  if (note.hasContent) throw invalid("content", text.files.noText);
}

const none: readonly string[] = [];

type Shape = typeof linkChangesSchema.shape;

/** A field as its schema reads it; undefined where it is absent, `empty` where it is null. */
function read<Key extends keyof Shape, Empty>(
  input: LinkChangesInput,
  key: Key,
  empty: Empty,
): NonNullable<z.output<Shape[Key]>> | Empty | undefined {
  const { data, error, success } = linkChangesSchema.shape[key].safeParse(input[key]);
  if (!success) throw invalid(fieldNameOf(key), error.issues[0]?.message ?? "");
  if (data === undefined) return undefined;
  return data === null ? empty : (data as NonNullable<z.output<Shape[Key]>>);
}

function parseTargetOf(
  kind: Kind,
  given: string,
  codes: readonly string[],
  context: InputContext,
): Target | "" {
  if (kind !== "redirect") {
    if (given.trim() !== "") throw invalid("target", text.target.onlyForRedirects);
    return "";
  }
  const target = parseTarget(given, context);
  if (!pointsToItself(target, codes, context.ownOrigins)) return target;
  throw invalid("target", text.target.pointsToItself);
}

/** Empty: none. */
function parseFallback(
  given: string,
  codes: readonly string[],
  context: InputContext,
): Target | "" {
  if (given.trim() === "") return "";
  const fallback = renamingFields({ target: "fallback_url" }, () => parseTarget(given, context));
  if (!pointsToItself(fallback, codes, context.ownOrigins)) return fallback;
  throw invalid("fallback_url", text.fallback.pointsToItself);
}

function parseEmbeddingOf(kind: Kind, given: string, context: InputContext): EmbedHosts {
  const { embedAnywhere = false, wasStored = false } = context;
  const hosts = parseEmbedHosts(given, embedAnywhere || wasStored);
  if (kind !== "redirect" || hosts === NO_HOSTS) return hosts;
  throw invalid("embed_hosts", text.embedding.notRedirects);
}
