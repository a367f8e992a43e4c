import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../../clock.ts";

export const PASS_SECONDS = 3600;

/**
 * What a pass proves: that its holder knew the link's password, that one of its visits was taken for them, or, of a site,
 * both.
 */
export type PassKind = "unlock" | "visit" | "site";

/** What a pass is bound to. */
export interface PassBinding {
  readonly kind: PassKind;
  readonly linkId: number;
  /** The password's hash, so that a pass ends with the password; or the client of a visit. */
  readonly holder: string;
}

/** Signed passes that let a client through the gate of one link for an hour. */
export class GatePasses {
  readonly #key: string;
  readonly #clock: Clock;

  constructor({ secretKey, clock }: { readonly secretKey: string; readonly clock: Clock }) {
    this.#key = secretKey;
    this.#clock = clock;
  }

  /** The name of a link's cookie, which says neither its code nor how many links there are. */
  nameOf(kind: PassKind, linkId: number): string {
    return `${kind}-${this.#seal(`gate-name:${kind}:${linkId}`).slice(0, 16)}`;
  }

  issue(binding: PassBinding): string {
    const until = (this.#clock() + PASS_SECONDS * 1000).toString(36);
    return `${until}.${this.#sealOf(binding, until)}`;
  }

  accepts(pass: string, binding: PassBinding): boolean {
    const [, until, seal] = /^([0-9a-z]{1,12})\.([\w-]{43})$/.exec(pass) ?? [];
    if (until === undefined || seal === undefined) return false;
    if (Number.parseInt(until, 36) <= this.#clock()) return false;
    return timingSafeEqual(Buffer.from(seal), Buffer.from(this.#sealOf(binding, until)));
  }

  #sealOf({ kind, linkId, holder }: PassBinding, until: string): string {
    return this.#seal(`gate:${kind}:${linkId}:${until}:${holder}`);
  }

  #seal(words: string): string {
    return createHmac("sha256", this.#key).update(words).digest("base64url");
  }
}
