import { changedCodes, codesAskedFor, codesOf } from "../aliases/aliases.ts";
import type { LinkChanges, NewLink } from "../input/link-schema.ts";
import type { Link } from "../link.ts";

/** The ways into a link that is about to be written, and out of it. */
export type PlannedLink = Pick<NewLink, "shortCode" | "aliases" | "target" | "fallbackUrl">;

/** A link on the way of a visitor: where it leads, and where it leads when it does not open. */
export interface Step {
  readonly id: number;
  readonly location: string;
  readonly fallbackUrl: string;
}

/** Links of one file or import that are about to be written, as `Circles` follows them. */
export class PlannedLinks {
  readonly #steps = new Map<string, Step>();
  readonly #most: number;
  #count = 0;

  /** @param most links that are kept; those after them are not followed */
  constructor(links: Iterable<PlannedLink> = [], most = Infinity) {
    this.#most = most;
    for (const link of links) this.add(link);
  }

  add(link: PlannedLink): void {
    this.#set(codesAskedFor(link), link);
  }

  /** Adds a link as it will be with its changes. */
  addChanged(link: Link, changes: LinkChanges): void {
    const { target = link.target, fallbackUrl = link.fallbackUrl } = changes;
    this.#set(codesOf(changedCodes(link, changes)), { target, fallbackUrl });
  }

  /** The link by the first of the short codes that one has. */
  find(codes: readonly string[]): Step | undefined {
    const code = codes.find((each) => this.#steps.has(each));
    return code === undefined ? undefined : this.#steps.get(code);
  }

  #set(
    codes: readonly string[],
    { target, fallbackUrl }: Pick<Link, "target" | "fallbackUrl">,
  ): void {
    if (this.#count >= this.#most) return;
    this.#count++;
    // No stored link has a negative id.
    const step = { id: -this.#count, location: target, fallbackUrl };
    for (const code of codes) this.#steps.set(code, step);
  }
}
