import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Passwords } from "../../src/accounts/auth/passwords.ts";
import { MachineSlots } from "../../src/os/machine-lock.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-slots-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As another process has them: opened anew. */
const open = () => new MachineSlots(join(folder, "slot"), 2);

test("gives two slots to all processes of a machine", async () => {
  const [first, second] = [open(), open()];
  const releases = [await first.acquire(), await second.acquire()];
  let isThird = false;
  const third = second.acquire().then((release) => {
    isThird = true;
    return release;
  });
  await Bun.sleep(50);
  expect(isThird).toBe(false);
  releases[0]?.();
  (await third)();
  releases[1]?.();
  for (const slots of [first, second]) slots.close();
});

test("frees the slots of a process that ends", async () => {
  const [first, second] = [open(), open()];
  const release = await first.acquire();
  await first.acquire();
  first.close();
  release();
  (await second.acquire())();
  second.close();
});

test("checks two passwords at a time on a machine, whatever the number of workers", async () => {
  let [running, most] = [0, 0];
  class CountedSlots extends MachineSlots {
    override async acquire() {
      const release = await super.acquire();
      most = Math.max(most, ++running);
      return () => {
        running--;
        release();
      };
    }
  }
  const slots = [1, 2, 3].map(() => new CountedSlots(join(folder, "slot"), 2));
  const workers = slots.map((own) => new Passwords(own));
  await Promise.all(
    workers.flatMap((passwords) => [1, 2, 3].map(() => passwords.hash("a quiet Tuesday"))),
  );
  expect([most, running]).toEqual([2, 0]);
  for (const passwords of workers) passwords.close();
});
