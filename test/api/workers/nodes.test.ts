/** A key that one node revokes is refused by the other at the next request. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { href } from "../../../src/http/urls.ts";
import { RealNodes } from "../../nodes/real-nodes.ts";
import { postgresIsAvailable } from "../../postgres.ts";
import { type Site, signIn } from "../../server/site.ts";

let nodes: RealNodes;
let [one, two]: Site[] = [];
let cookie = "";

const hasNodes = postgresIsAvailable;
beforeAll(async () => {
  if (!hasNodes) return;
  nodes = await RealNodes.open();
  [one, two] = [await nodes.start("one"), await nodes.start("two")];
  cookie = await signIn(one.origin);
}, 60_000);
afterAll(async () => {
  if (hasNodes) await nodes[Symbol.asyncDispose]();
}, 60_000);

async function send(site: Site | undefined, method: string, path: string, body?: object) {
  const headers = { cookie, ...(body && { "content-type": "application/json" }) };
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const answer = await fetch(`${site?.origin}${path}`, init);
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

async function makeKey(): Promise<{ id: number; secret: string }> {
  const input = { name: "a test", scopes: ["links:read"] };
  const made = await (await send(one, "POST", href("apiKeys"), input)).json();
  const { key, secret } = made as { key: { id: number }; secret: string };
  return { id: key.id, secret };
}

async function use(site: Site | undefined, secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}` };
  return (await fetch(`${site?.origin}${href("apiMe")}`, { headers })).status;
}

test.skipIf(!hasNodes)(
  "revoked",
  async () => {
    for (let round = 0; round < 10; round++) {
      const { id, secret } = await makeKey();
      // Both have just used it, so that whatever they remember of it is new.
      expect([await use(one, secret), await use(two, secret)]).toEqual([200, 200]);
      await send(round % 2 === 0 ? one : two, "DELETE", href("apiKey", { id: String(id) }));
      expect([await use(two, secret), await use(one, secret)]).toEqual([401, 401]);
    }
  },
  60_000,
);
