import { browserNames, readAgent, systemNames } from "./user-agent.ts";

/** Class of visitors: people, crawlers, link previews of chats and emails, and browsers that prefetch. */
export type VisitorClass = "human" | "bot" | "preview" | "prefetch";

/** Append only, never reorder: journals contain indexes. */
export const visitorClasses: readonly VisitorClass[] = ["human", "bot", "preview", "prefetch"];

/** Index of people in `visitorClasses`. */
export const HUMAN = 0;

/** One visit, from a request; never with an IP address. */
export interface Visit {
  readonly linkId: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** The headers User-Agent, Referer and Sec-Purpose, or "". */
  readonly userAgent: string;
  readonly referrer: string;
  readonly purpose: string;
}

/** A kind of visitor, which never identifies a person. */
export interface Visitor {
  readonly class: VisitorClass;
  /** Host or app of the referrer, or "". */
  readonly referrerHost: string;
  readonly browser: string;
  readonly system: string;
}

/** Encodes class, browser and system of a visitor in 24 bits: a byte each, the class lowest. */
export function visitorCodeOf(visit: Pick<Visit, "userAgent" | "purpose">): number {
  const agent = readAgent(visit.userAgent);
  return placeOfClass(agent, visit.purpose) | (agent.browserPlace << 8) | (agent.systemPlace << 16);
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

/** The index of a visitor's class; the journal of a newer version may contain an unknown one. */
export function classPlaceOf(code: number): number {
  const place = code & 0xff;
  return place < visitorClasses.length ? place : HUMAN;
}

/** Decodes a visitor. */
export function visitorOf(code: number, referrerHost: string): Visitor {
  return {
    class: visitorClasses[classPlaceOf(code)] ?? "human",
    referrerHost,
    browser: nameAt(browserNames, (code >> 8) & 0xff),
    system: nameAt(systemNames, (code >> 16) & 0xff),
  };
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
