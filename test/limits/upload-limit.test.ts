import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UploadLimit } from "../../src/limits/upload-limit.ts";

const folder = mkdtempSync(join(tmpdir(), "trunk8-uploads-"));
const open = (most = 4) => new UploadLimit({ folder, most: () => most });

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("counts the uploads of an account over all processes, and forgets those that ended", () => {
  const [one, other] = [open(), open()];
  const begun = [one.begin(1), one.begin(1), other.begin(1), other.begin(1)];
  for (const limit of [one, other]) {
    expect(() => limit.begin(1)).toThrow("4");
    limit.begin(2)[Symbol.dispose]();
  }
  begun.pop()?.[Symbol.dispose]();
  const next = one.begin(1);
  expect(() => other.begin(1)).toThrow();
  for (const upload of [...begun, next]) upload[Symbol.dispose]();
  expect(readdirSync(folder)).toEqual([]);
});

test("forgets the uploads of a process that was killed", async () => {
  const script = `import { UploadLimit } from "${import.meta.dir}/../../src/limits/upload-limit.ts";
    const limit = new UploadLimit({ folder: ${JSON.stringify(folder)}, most: () => 1 });
    limit.begin(7);
    console.log("begun");
    setInterval(() => {}, 1000);`;
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" });
  for await (const chunk of child.stdout) if (Buffer.from(chunk).includes("begun")) break;
  expect(() => open(1).begin(7)).toThrow();
  child.kill("SIGKILL");
  await child.exited;
  open(1).begin(7)[Symbol.dispose]();
});

test("0 is unlimited", () => {
  const limit = open(0);
  for (let n = 0; n < 100; n++) limit.begin(1);
});
