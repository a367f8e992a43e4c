import { browserNames, deviceNames, isCommandLine, readAgent, systemNames } from "./user-agent.ts";

/** Class of visitors: people, crawlers, link previews of chats and emails, and browsers that prefetch. */
export type VisitorClass = "human" | "bot" | "preview" | "prefetch";

/** Append only, never reorder: journals contain indexes. */
export const visitorClasses: readonly VisitorClass[] = ["human", "bot", "preview", "prefetch"];

/** Index of people in `visitorClasses`. */
export const HUMAN = 0;

/** The sender of a request, which is never stored. */
export interface Sender {
  /** Textual network address, or "local" where it is not known. */
  readonly address: string;
  /** Two letters of the country by a proxy's header, or "". */
  readonly country: string;
}

/** What a request says of its sender, who is found out after it was answered, once for several requests. */
export interface UnreadSender {
  /** The same of two requests only where `read` returns the same. */
  readonly key: string;
  read(): Sender;
}

/** One visit, from a request. */
export interface Visit {
  readonly linkId: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** The headers User-Agent, Referer and Sec-Purpose, or "". */
  readonly userAgent: string;
  readonly referrer: string;
  readonly purpose: string;
  /** The header Accept-Language, and the query of the opened URL without its "?". */
  readonly language?: string;
  readonly query?: string;
  readonly sender?: UnreadSender;
  /** Whether it is counted without dimensions, and not as a visitor. */
  readonly isPrivate?: boolean;
}

/** A kind of visitor, which never identifies a person. */
export interface Visitor {
  readonly class: VisitorClass;
  /** Host or app of the referrer, or "". */
  readonly referrerHost: string;
  readonly browser: string;
  readonly system: string;
}

/** Bit of a visitor's code: nothing but the class is counted. */
const PRIVATE = 0x10;

/**
 * Encodes class, browser, system and device of a visitor in 24 bits: the class in the lowest 4, and after the bit
 * `PRIVATE` and 3 unused ones the browser in 8, the system in 4 and the device in 4.
 */
export function visitorCodeOf(
  { userAgent, purpose, isPrivate = false }: Pick<Visit, "userAgent" | "purpose" | "isPrivate">,
  agent = readAgent(userAgent),
): number {
  const classPlace = placeOfClass(agent, purpose);
  if (isPrivate) return classPlace | PRIVATE;
  const { browserPlace, systemPlace, devicePlace } = agent;
  return classPlace | (browserPlace << 8) | (systemPlace << 16) | (devicePlace << 20);
}

/** Whether only the class of a visitor is known. */
export function isPrivate(code: number): boolean {
  return (code & PRIVATE) !== 0;
}

/** Headers by which browsers say that they fetch ahead, by the Fetch standard and before it. */
const AHEAD = ["sec-purpose", "purpose", "x-purpose", "x-moz"];

/** Whether a browser fetches something before its user opens it. */
export function isFetchedAhead({ headers }: Pick<Request, "headers">): boolean {
  return AHEAD.some((name) => headers.has(name));
}

/** Whether a bot or a link preview sent a request, as its user agent says. */
export function isSentByBot({ headers }: Pick<Request, "headers">): boolean {
  const { isBot, isPreview } = readAgent(headers.get("user-agent") ?? "");
  return isBot || isPreview;
}

/** Whether curl or a program like it sent a request. */
export function isSentByCommandLine({ headers }: Pick<Request, "headers">): boolean {
  return isCommandLine(readAgent(headers.get("user-agent") ?? ""));
}

/** The index of a visitor's class; the journal of a newer version may contain an unknown one. */
export function classPlaceOf(code: number): number {
  const place = code & 0x0f;
  return place < visitorClasses.length ? place : HUMAN;
}

/** Decodes a visitor. */
export function visitorOf(code: number, referrerHost: string): Visitor {
  return {
    class: visitorClasses[classPlaceOf(code)] ?? "human",
    referrerHost,
    browser: nameAt(browserNames, (code >> 8) & 0xff),
    system: nameAt(systemNames, (code >> 16) & 0x0f),
  };
}

/** The kind of a visitor's device. */
export function deviceOf(code: number): string {
  return nameAt(deviceNames, (code >> 20) & 0x0f);
}

/** `Sec-Purpose: prefetch` or `prefetch;prerender` (Fetch standard, and the prerendering proposal). */
function placeOfClass(
  { isBot, isPreview }: { isBot: boolean; isPreview: boolean },
  purpose: string,
): number {
  if (purpose.startsWith("prefetch")) return visitorClasses.indexOf("prefetch");
  if (isPreview) return visitorClasses.indexOf("preview");
  return visitorClasses.indexOf(isBot ? "bot" : "human");
}

/** The journal of a newer version may contain an unknown index. */
function nameAt(names: readonly string[], place: number): string {
  return names[place] ?? names[0] ?? "";
}
