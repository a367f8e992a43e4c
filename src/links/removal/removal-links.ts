import { createHmac, timingSafeEqual } from "node:crypto";
import { operator, type UserActor } from "../../policy.ts";
import type { LinkChanges } from "../input/link-schema.ts";
import type { Link } from "../link.ts";
import type { Links, ListedLink, Removal } from "../links.ts";
import { noSuchLink } from "../rows/access.ts";

export interface RemovalLinksParts {
  readonly links: Pick<Links, "get" | "remove" | "edit">;
  readonly secretKey: string;
}

/** A link that a token is for. */
interface Claim {
  readonly shortCode: string;
  readonly token: string;
  /** The IP address of the request, for the audit log. */
  readonly address: string;
}

/** Bytes of a token. */
const LENGTH = 16;

/**
 * Lets everyone with the token of a link delete it, and change its expiry, without signing in: programs get it with the
 * link that they create. It is not stored, and ends with the link, its short code and its owner.
 */
export class RemovalLinks {
  readonly #parts: RemovalLinksParts;

  constructor(parts: RemovalLinksParts) {
    this.#parts = parts;
  }

  tokenOf({ id, ownerId, shortCode, createdAt }: Link): string {
    const stands = JSON.stringify(["remove", id, ownerId, shortCode, createdAt]);
    const mac = createHmac("sha256", this.#parts.secretKey).update(stands).digest();
    return mac.subarray(0, LENGTH).toString("base64url");
  }

  /** @throws Problem `not_found` for a link that does not exist, and a token that is not its own */
  async find({ shortCode, token }: Pick<Claim, "shortCode" | "token">): Promise<ListedLink> {
    const link = await this.#parts.links.get(operator, shortCode);
    const right = Buffer.from(this.tokenOf(link));
    const given = Buffer.from(token);
    if (given.length === right.length && timingSafeEqual(given, right)) return link;
    throw noSuchLink();
  }

  /** @throws Problem `not_found`, and as `Links.remove` */
  async remove(claim: Claim): Promise<Removal> {
    const link = await this.find(claim);
    return await this.#parts.links.remove(holderOf(link, claim), link.shortCode);
  }

  /** @throws Problem `not_found`, and as `Links.edit` */
  async change(claim: Claim, changes: Pick<LinkChanges, "expiresAt">): Promise<Link> {
    const link = await this.find(claim);
    return await this.#parts.links.edit(holderOf(link, claim), link.shortCode, changes);
  }
}

/** The owner, as the holder of a token acts for them. */
function holderOf({ ownerId: userId, owner: username }: ListedLink, { address }: Claim): UserActor {
  return { is: "user", userId, username, role: "user", address };
}
