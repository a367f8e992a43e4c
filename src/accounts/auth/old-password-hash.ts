import { hash, pbkdf2, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

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
