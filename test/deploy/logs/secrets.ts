import { makeKey } from "../../../src/accounts/keys/key-secret.ts";
import { systemRandom } from "../../../src/clock.ts";
import type { Visitor } from "../visitor.ts";

/** Parameters in which programs send secrets, and the headers of keys. */
const parameters = ["apiKey", "apikey", "api_key", "key", "signature", "token"];

/** In the last request. */
const LAST = "the-last-of-them";

/** Sends requests with secrets everywhere where programs put them; returns these secrets. */
export async function sendSecrets(visitor: Visitor): Promise<string[]> {
  const key = () => makeKey(systemRandom);
  const inHeader = (name: string, path: string, value: (secret: string) => string) => {
    const secret = key();
    return { secret, path, headers: { [name]: value(secret) } };
  };
  const inQuery = (before: string, after: string) => {
    const secret = key();
    return { secret, path: `/x?${before}=${secret}${after}`, headers: {} };
  };
  const asked = [
    ...parameters.flatMap((name) => [inQuery(name, ""), inQuery(`a=b&${name}`, "&c=d")]),
    inHeader("authorization", "/api/v1/me", (secret) => `Bearer ${secret}`),
    inHeader("x-api-key", "/api/v1/me", (secret) => secret),
    inHeader("authorization", "/api/v1/me", (secret) => `Basic ${btoa(`:${secret}`)}`),
    inHeader("referer", "/x", (secret) => `https://a.example/?key=${secret}`),
  ];
  for (const [at, { path, headers }] of asked.entries())
    await visitor.ask(path, { headers, from: `198.51.100.${100 + at}` });
  await visitor.ask(`/${LAST}`);
  return asked.map(({ secret }) => secret);
}

/** How many lines there are of the last of the requests. */
export function countLast(logs: string): number {
  return logs.split("\n").filter((line) => line.includes(LAST)).length;
}

/** The secrets, also in Base64, of which a text has one. */
export function foundIn(logs: string, secrets: readonly string[]): string[] {
  return secrets.filter((secret) => logs.includes(secret) || logs.includes(btoa(`:${secret}`)));
}
