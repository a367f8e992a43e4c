/** One upload in portions, which two nodes receive on one PostgreSQL and one folder of stored files. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Addition } from "../../src/files/uploads/uploads.ts";
import { failureOf } from "../failure.ts";
import { type AppNodes, openAppNodes } from "./app-nodes.ts";

let nodes: AppNodes;
beforeAll(async () => {
  nodes = await openAppNodes({ areMachines: true });
}, 60_000);
afterAll(async () => await nodes[Symbol.asyncDispose]());

const admin = async () => {
  const [first] = nodes.apps;
  const rows = first.database.lookup.selectFrom("user").select(["id", "username", "role"]);
  const { id, username, role } = await rows.executeTakeFirstOrThrow();
  return { actor: { is: "user", userId: id, username, role } as const, owner: { id, username } };
};

const part = (offset: number, bytes: Addition["bytes"]): Addition => ({
  ...{ offset, bytes, length: null, size: null, checksum: null },
});

async function* chunksOf(...chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk);
}

async function begin(length: number) {
  const [{ files }] = nodes.apps;
  const { actor, owner } = await admin();
  const input = { length, metadata: "filename YS50eHQ=", purpose: "hold" } as const;
  const { id } = await files.uploads.create(actor, owner, input, 1000);
  return { actor, id };
}

test("either node goes on where the other stopped, and takes all of it", async () => {
  const [one, other] = nodes.apps.map(({ files }) => files.uploads);
  if (one === undefined || other === undefined) throw new Error();
  const { actor, id } = await begin(9);
  expect((await one.add(actor, id, part(0, chunksOf("abc")), 1000)).received).toBe(3);
  expect((await other.settle(actor, id)).received).toBe(3);
  expect((await other.add(actor, id, part(3, chunksOf("def")), 1000)).received).toBe(6);
  expect((await one.add(actor, id, part(6, chunksOf("ghi")), 1000)).received).toBe(9);
  await using taken = await other.take(actor, id);
  expect(taken.sha256).toBe(new Bun.CryptoHasher("sha256").update("abcdefghi").digest("hex"));
});

test("a request to one node ends the one that hangs on the other", async () => {
  const [one, other] = nodes.apps.map(({ files }) => files.uploads);
  if (one === undefined || other === undefined) throw new Error();
  const { actor, id } = await begin(6);
  const begun = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  async function* hanging() {
    yield new TextEncoder().encode("abc");
    begun.resolve();
    await never.promise;
  }
  const older = failureOf(one.add(actor, id, part(0, hanging()), 1000));
  await begun.promise;
  expect((await other.settle(actor, id)).received).toBe(3);
  expect(await older).toMatchObject({ code: "locked" });
  expect((await other.add(actor, id, part(3, chunksOf("def")), 1000)).received).toBe(6);
  never.resolve();
});

test("two requests with the same bytes: the second is refused by its offset", async () => {
  const [one, other] = nodes.apps.map(({ files }) => files.uploads);
  if (one === undefined || other === undefined) throw new Error();
  const { actor, id } = await begin(6);
  const both = [one, other].map((uploads) =>
    uploads.add(actor, id, part(0, chunksOf("abc")), 1000).then(
      ({ received }) => received,
      ({ code }) => code,
    ),
  );
  const answers = await Promise.all(both);
  expect(answers).toContain(3);
  expect(["conflict", "locked"]).toContain(answers.find((answer) => answer !== 3));
  expect((await one.settle(actor, id)).received).toBe(3);
});
