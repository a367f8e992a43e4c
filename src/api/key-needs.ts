import type { Scope } from "../policy.ts";

/** The scopes of which a key needs one. */
export const SEE_LINKS: readonly Scope[] = ["links:read", "links:write"];
export const CREATE_LINKS: readonly Scope[] = ["links:create", "files:create"];
export const CHANGE_LINKS: readonly Scope[] = ["links:write"];
export const SEE_TAGS: readonly Scope[] = ["links:read", "tags:write"];
export const CHANGE_TAGS: readonly Scope[] = ["tags:write"];
