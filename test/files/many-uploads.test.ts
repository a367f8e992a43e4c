/** Thousands of uploads of one owner that have no link. */
import { Database as Connection } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { NewUpload } from "../../src/files/uploads/uploads.ts";
import { failureOf } from "../failure.ts";
import { as, openTestApp, type World } from "../world.ts";

const COUNT = 10_000;

let world: World;
beforeAll(async () => {
  world = await openTestApp();
  await fill(COUNT);
});
afterAll(() => world.close());

const alice = () => world.people.alice;
const uploads = () => world.app.files.uploads;

/** Each has one byte, no file, and another time; of every second one, a link was created. */
async function fill(count: number): Promise<void> {
  const columns = {
    owner_id: alice().id,
    length: 2,
    received: 0,
    metadata: "",
    purpose: "hold",
    sha256: "",
    short_code: null,
    holder: "",
    held_until: 0,
    is_called: 0,
    expires_at: world.clock.now() + 1000,
  } as const;
  const rows = Array.from({ length: 2 * count }, (_, at) => ({
    ...columns,
    id: `upload-${at}`,
    state: at % 2 === 0 ? ("open" as const) : ("used" as const),
    created_at: at,
  }));
  await world.app.database.write(async (trx) => {
    for (let at = 0; at < rows.length; at += 500)
      await trx
        .insertInto("upload")
        .values(rows.slice(at, at + 500))
        .execute();
  });
}

const input: NewUpload = { length: 2, metadata: "", purpose: "hold" };
const begin = () => uploads().create(as(alice()), alice(), input, 1000);

describe(`${COUNT} unfinished uploads`, () => {
  test("admit no other one of this owner", async () => {
    expect(await failureOf(begin())).toMatchObject({ code: "forbidden" });
    const { bob } = world.people;
    expect((await uploads().create(as(bob), bob, input, 1000)).received).toBe(0);
  });

  test("are listed as far as memory is bounded, the newest first", async () => {
    const listed = await uploads().list(as(alice()), { ownerId: alice().id });
    expect(listed).toHaveLength(1000);
    expect(listed[0]?.createdAt).toBe(2 * COUNT - 2);
  });

  test("are summed by an index that has all of it", () => {
    const connection = new Connection(join(world.dataFolder, "trunk8.db"));
    const plans = ["sum(received)", "sum(case when length = received then 0 else 1 end), count(*)"]
      .map((sums) => `select ${sums} from upload where owner_id = 1 and state = 'open'`)
      .map((sql) => connection.query(`explain query plan ${sql}`).all() as { detail: string }[]);
    for (const [step] of plans)
      expect(step?.detail).toBe(
        "SEARCH upload USING COVERING INDEX upload_open (owner_id=? AND state=?)",
      );
    connection.close();
  });

  test("are cleaned in portions once they have expired", async () => {
    world.clock.advance(2000);
    expect(await uploads().sweep(500)).toBe(500);
    const rows = world.app.database.read.selectFrom("upload");
    const { left } = await rows
      .select((eb) => eb.fn.countAll<number>().as("left"))
      .where("owner_id", "=", alice().id)
      .executeTakeFirstOrThrow();
    expect(left).toBe(2 * COUNT - 500);
  });
});
