import { type Agent, readAgent } from "./agent.ts";

/** Who opened a link: a person, a crawler, a chat or mail unfurling it, or a browser fetching ahead. */
export type VisitorClass = "human" | "bot" | "preview" | "prefetch";

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

/** What kind of visitor a visit's headers tell of. */
export function classify(visit: Pick<Visit, "userAgent" | "referrer" | "purpose">): Visitor {
  const agent = readAgent(visit.userAgent);
  return {
    class: classOf(agent, visit.purpose),
    referrerHost: hostOf(visit.referrer),
    browser: agent.browser,
    system: agent.system,
  };
}

/** `Sec-Purpose: prefetch` or `prefetch;prerender` (Fetch standard, and the prerendering proposal). */
function classOf(agent: Agent, purpose: string): VisitorClass {
  if (purpose.startsWith("prefetch")) return "prefetch";
  if (agent.isPreview) return "preview";
  return agent.isBot ? "bot" : "human";
}

function hostOf(referrer: string): string {
  if (!URL.canParse(referrer)) return "";
  const { protocol, hostname } = new URL(referrer);
  if (protocol !== "https:" && protocol !== "http:") return "";
  return hostname.length <= LONGEST_HOST ? hostname : "";
}
