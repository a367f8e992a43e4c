import { invalid } from "../../problem.ts";
import { addedCodes, changedCodes, codesAskedFor, codesOf } from "../aliases/aliases.ts";
import type { Opening } from "../cached-link.ts";
import type { LinkChanges } from "../input/link-schema.ts";
import type { Link } from "../link.ts";
import type { LinkCache } from "../link-cache.ts";
import { isReserved, isStoredCode } from "../short-code.ts";
import { text } from "../text.en.ts";
import type { PlannedLink, PlannedLinks, Step } from "./planned-links.ts";
import { ownCodesIn } from "./target.ts";

/** Links of this site that are followed; behind more, no circle is looked for. */
const MOST_FOLLOWED = 20;

export interface CirclesParts {
  readonly cache: Pick<LinkCache, "find">;
  readonly siteFallback: () => string;
}

/** What a destination or a fallback must not lead back to. */
interface Start {
  /** Its short codes, as they will be. */
  readonly codes: readonly string[];
  /** Null: a new link. */
  readonly id: number | null;
  /** The fallback of links that have none of their own; empty: none. */
  readonly siteFallback: string;
  /** Links that are about to be written with it. */
  readonly planned?: PlannedLinks | undefined;
}

/** Destinations and fallbacks within this site that lead from one link to the next, and back to the first. */
export class Circles {
  readonly #parts: CirclesParts;

  constructor(parts: CirclesParts) {
    this.#parts = parts;
  }

  /**
   * Refuses a new link that leads back to itself.
   * @param origins of this site
   * @param planned links that are about to be written with it
   * @throws Problem `invalid` on `fallback_url` or `target`
   */
  async refuseNew(
    { target, fallbackUrl, ...link }: PlannedLink,
    origins: readonly string[],
    planned?: PlannedLinks,
  ): Promise<void> {
    const codes = codesAskedFor(link);
    if (codes.length === 0) return;
    const siteFallback = this.#parts.siteFallback();
    const start: Start = { codes, id: null, siteFallback, planned };
    if (await this.#leadsBack(fallbackUrl, start, origins)) throw fallbackInCircle();
    if (await this.#leadsBack(target, start, origins)) throw targetInCircle();
  }

  /**
   * Refuses changes by which a link would lead back to itself.
   * @param origins of this site
   * @param planned links that are about to be written with it
   * @throws Problem `invalid` on `fallback_url`, `target`, `short_code` or `aliases`
   */
  async refuseChanges(
    link: Link,
    changes: LinkChanges,
    origins: readonly string[],
    planned?: PlannedLinks,
  ): Promise<void> {
    const after = changedCodes(link, changes);
    const siteFallback = this.#parts.siteFallback();
    const start: Start = { codes: codesOf(after), id: link.id, siteFallback, planned };
    const { fallbackUrl, target } = changes;
    if (fallbackUrl && (await this.#leadsBack(fallbackUrl, start, origins)))
      throw fallbackInCircle();
    if (target && (await this.#leadsBack(target, start, origins))) throw targetInCircle();
    if (addedCodes(link, after).length === 0) return;
    for (const address of [fallbackUrl ?? link.fallbackUrl, target ?? link.target])
      if (await this.#leadsBack(address, start, origins))
        throw invalid(
          after.shortCode === link.shortCode ? "aliases" : "short_code",
          text.aliases.leadsBack,
        );
  }

  /**
   * Whether the fallback of the site is a link of this site that leads back to itself. A link that has none is none of
   * its own: there our page is shown.
   */
  async isCircle(siteFallback: string, origins: readonly string[]): Promise<boolean> {
    const codes = siteFallback === "" ? [] : ownCodesIn(siteFallback, origins);
    const found = await this.#find(codes);
    if (found === null) return false;
    const start = { codes: [], id: found.id, siteFallback };
    const ways = [found.location, found.fallbackUrl];
    const leadBack = await Promise.all(ways.map((way) => this.#leadsBack(way, start, origins)));
    return leadBack.includes(true);
  }

  /** Whether the way from an address comes back to a link, over destinations and fallbacks of links of this site. */
  async #leadsBack(
    address: string,
    { codes, id, siteFallback, planned }: Start,
    origins: readonly string[],
  ): Promise<boolean> {
    const ahead = [address];
    const seen = new Set<number>();
    while (seen.size < MOST_FOLLOWED) {
      const next = ahead.pop();
      if (next === undefined) return false;
      const own = next === "" ? [] : ownCodesIn(next, origins);
      if (own.some((code) => codes.includes(code))) return true;
      const found: Step | null = planned?.find(own) ?? (await this.#find(own));
      if (found === null || seen.has(found.id)) continue;
      if (found.id === id) return true;
      seen.add(found.id);
      ahead.push(found.location, found.fallbackUrl || siteFallback);
    }
    return false;
  }

  async #find(codes: readonly string[]): Promise<Opening | null> {
    for (const code of codes) {
      const found = isStoredCode(code) && !isReserved(code) && (await this.#parts.cache.find(code));
      if (found) return found;
    }
    return null;
  }
}

function fallbackInCircle() {
  return invalid("fallback_url", text.fallback.leadsBack);
}

function targetInCircle() {
  return invalid("target", text.target.leadsBack);
}
