import { browserNames, readAgent, systemNames } from "./user-agent.ts";

/** Who opened a link: a person, a crawler, a chat or mail unfurling it, or a browser fetching ahead. */
export type VisitorClass = "human" | "bot" | "preview" | "prefetch";

/** Appended to, never reordered: journals hold their places. */
export const visitorClasses: readonly VisitorClass[] = ["human", "bot", "preview", "prefetch"];

/** One opening of a link as the request told it; no address, ever. */
export interface Visit {
  readonly linkId: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** The headers User-Agent, Referer and Sec-Purpose, or "". */
  readonly userAgent: string;
  readonly referrer: string;
  readonly purpose: string;
}

/** A kind of visitor, never a person. */
export interface Visitor {
  readonly class: VisitorClass;
  /** The host of the page that held the link, or "". */
  readonly referrerHost: string;
  readonly browser: string;
  readonly system: string;
}

/** Longest host that the DNS knows. */
const LONGEST_HOST = 253;

/** A visitor's class, browser and system as one number of 24 bits: a byte each, the class lowest. */
export function codeOf(visit: Pick<Visit, "userAgent" | "purpose">): number {
  const agent = readAgent(visit.userAgent);
  return placeOfClass(agent, visit.purpose) | (agent.browserPlace << 8) | (agent.systemPlace << 16);
}

/** The visitor of a code and a referrer's host. */
export function visitorOf(code: number, referrerHost: string): Visitor {
  return {
    class: visitorClasses[code & 0xff] ?? "human",
    referrerHost,
    browser: nameAt(browserNames, (code >> 8) & 0xff),
    system: nameAt(systemNames, (code >> 16) & 0xff),
  };
}

/** The host of the page that held the link, or "". ASCII alone: browsers write names of other letters so. */
export function hostOf(referrer: string): string {
  if (!URL.canParse(referrer)) return "";
  const { protocol, hostname } = new URL(referrer);
  if (protocol !== "https:" && protocol !== "http:") return "";
  return hostname.length <= LONGEST_HOST ? hostname : "";
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

/** A newer program's journal may hold a place that this one does not know. */
function nameAt(names: readonly string[], place: number): string {
  return names[place] ?? names[0] ?? "";
}
