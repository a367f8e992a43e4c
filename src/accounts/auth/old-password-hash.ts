import { hash, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { sql } from "kysely";
import type { Database } from "../../database/database.ts";

/** A password hash of the original program: PBKDF2-HMAC-SHA256, or in early versions plain SHA-256. */
export type OldHash =
  | {
      readonly by: "pbkdf2";
      readonly iterations: number;
      readonly salt: Uint8Array;
      readonly digest: Uint8Array;
    }
  | { readonly by: "sha256"; readonly digest: Uint8Array };

/** The original used 600,000. Seven times as many take half a second; a forged number could take hours. */
export const MOST_ITERATIONS = 5_000_000;

const PBKDF2 = /^pbkdf2\$(\d{1,10})\$((?:[0-9a-f]{2}){0,512})\$([0-9a-f]{64})$/i;
const SHA256 = /^[0-9a-f]{64}$/;

const DIGEST_BYTES = 32;

const derive = promisify(pbkdf2);

/** `pbkdf2$<iterations>$<salt hex>$<hash hex>` or 64 hex digits; null for any other text, and for too many iterations. */
export function parseOldHash(text: string): OldHash | null {
  if (SHA256.test(text)) return { by: "sha256", digest: Buffer.from(text, "hex") };
  const [, count = "", salt = "", digest = ""] = PBKDF2.exec(text) ?? [];
  const iterations = Number(count);
  if (iterations < 1 || iterations > MOST_ITERATIONS) return null;
  const [saltBytes, digestBytes] = [Buffer.from(salt, "hex"), Buffer.from(digest, "hex")];
  return { by: "pbkdf2", iterations, salt: saltBytes, digest: digestBytes };
}

export async function isOldHashOf(text: string, old: OldHash): Promise<boolean> {
  return timingSafeEqual(await digestOf(text, old), old.digest);
}

async function digestOf(text: string, old: OldHash): Promise<Uint8Array> {
  switch (old.by) {
    case "sha256":
      return hash("sha256", text, "buffer");
    case "pbkdf2":
      return await derive(text, old.salt, old.iterations, old.digest.byteLength, "sha256");
  }
}

/** Spends as much time as so many iterations of PBKDF2 take. */
export async function spendIterations(text: string, iterations: number): Promise<void> {
  if (iterations > 0) await derive(text, "", iterations, DIGEST_BYTES, "sha256");
}

/** Finds the most iterations of the stored imported hashes; 0: there are none. */
export async function findMostIterations(lookup: Database["lookup"]): Promise<number> {
  const rows = await lookup
    .selectFrom("user")
    .select(sql<string>`substr(password_hash, 8, 10)`.as("count"))
    .where(sql<boolean>`substr(password_hash, 1, 7) = 'pbkdf2$'`)
    .execute();
  const counts = rows.map(({ count }) => Number.parseInt(count, 10));
  return counts.reduce(
    (most, count) => (count <= MOST_ITERATIONS ? Math.max(most, count) : most),
    0,
  );
}
