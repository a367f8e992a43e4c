import { expect, test } from "bun:test";
import { FileWatch, stampOf } from "../../../src/config/file/file-watch.ts";
import { until } from "../../until.ts";
import { DataFolder } from "../folder.ts";

/** Counts the reads that a watch of `folder` asks for until `isOver`, or for three seconds. */
async function countReads(
  folder: DataFolder,
  seconds: { look: number; read: number },
  isOver: (reads: number) => boolean,
): Promise<number> {
  let reads = 0;
  const watch = new FileWatch({
    path: folder.config,
    stamp: await stampOf(folder.config),
    everySeconds: () => seconds,
    onStill: async () => {
      reads++;
    },
    onError: (err) => {
      throw err;
    },
  });
  const end = performance.now() + 3000;
  while (!isOver(reads) && performance.now() < end) await Bun.sleep(10);
  watch.close();
  return reads;
}

test("a file that looks unchanged is read again after `read` seconds", async () => {
  using folder = new DataFolder("");
  const reads = await countReads(folder, { look: 0.1, read: 0.5 }, (reads) => reads === 2);
  expect(reads).toBe(2);
});

test("a file that looks unchanged is not read earlier", async () => {
  using folder = new DataFolder("");
  const begin = performance.now();
  const isOver = () => performance.now() - begin > 600;
  expect(await countReads(folder, { look: 0.02, read: 60 }, isOver)).toBe(0);
});

test("changes of other files in the folder neither cause nor delay a read", async () => {
  using folder = new DataFolder("");
  let round = 0;
  const stir = () => {
    folder.put("config/beside.log", String(round++));
    if (round === 40) folder.save("changed");
    return round > 120;
  };
  expect(await countReads(folder, { look: 60, read: 60 }, stir)).toBe(1);
});

test("reports a failed read, and reads again", async () => {
  using folder = new DataFolder("");
  const errors: unknown[] = [];
  const watch = new FileWatch({
    path: folder.config,
    stamp: await stampOf(folder.config),
    everySeconds: () => ({ look: 0.1, read: 0.5 }),
    onStill: () => Promise.reject(new Error("a broken read")),
    onError: (err) => errors.push(err),
  });
  await until(() => errors.length === 2, { what: "two reported errors" });
  watch.close();
  expect(errors[0]).toMatchObject({ message: "a broken read" });
});
