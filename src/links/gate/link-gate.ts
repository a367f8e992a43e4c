import type { Link, LinkGate } from "../link.ts";

/** Computes and checks argon2id hashes. */
export interface LinkPasswords {
  hash(password: string): Promise<string>;
  verify(password: string, hash: string): Promise<boolean>;
}

/** The gate of a new link. */
export function newGate({
  visitLimit,
  passwordHash = "",
}: Pick<Link, "visitLimit"> & Partial<Pick<Link, "passwordHash">>): LinkGate {
  return { visitLimit, visitsLeft: visitLimit, passwordHash, wrongPasswords: 0 };
}

/** What follows from changes of a link's gate: a raised limit adds the difference, a new password was never wrong. */
export function gateAfter(link: LinkGate, changes: Partial<LinkGate>): Partial<LinkGate> {
  const { visitLimit, visitsLeft, passwordHash = link.passwordHash } = changes;
  return {
    ...(visitLimit !== undefined &&
      visitsLeft === undefined && { visitsLeft: leftAfter(link, visitLimit) }),
    ...(passwordHash !== link.passwordHash && { wrongPasswords: 0 }),
  };
}

function leftAfter({ visitLimit, visitsLeft }: LinkGate, limit: number | null): number | null {
  if (limit === null || visitLimit === null || visitsLeft === null) return limit;
  return Math.max(0, visitsLeft + limit - visitLimit);
}

/** Input with the hash of its password instead. */
export async function hashed<Input extends { readonly password?: string | null }>(
  { password, ...input }: Input,
  passwords: Pick<LinkPasswords, "hash">,
): Promise<Omit<Input, "password"> & Partial<Pick<Link, "passwordHash">>> {
  if (password === undefined) return input;
  return { ...input, passwordHash: password === null ? "" : await passwords.hash(password) };
}
