/** The real program where the share with stored files is not mounted. */
import { afterEach, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callProgram } from "../cli/program.ts";
import { addLink, PASSWORD, signIn, startSite } from "./site.ts";

setDefaultTimeout(120_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-unmounted-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("refuses uploads, is not ready, redirects, and doctor names the folder", async () => {
  const users = join(folder, "data/users");
  const env = { TRUNK8_ADMIN_PASSWORD: PASSWORD, TRUNK8_APP_EXAMPLES: "false" };
  const first = await startSite({ dataFolder: join(folder, "data") });
  await addLink(first.origin, await signIn(first.origin), "there", "https://example.com/");
  expect(await upload(first.origin, "kept")).toBe(201);
  await first.stop();

  renameSync(users, join(folder, "share"));
  mkdirSync(users, { mode: 0o700 });
  const site = await startSite({ dataFolder: join(folder, "data") });
  expect(await upload(site.origin, "lost")).toBe(503);
  expect((await fetch(`${site.origin}/health/ready`)).status).toBe(503);
  expect((await fetch(`${site.origin}/health`)).status).toBe(200);
  expect((await fetch(`${site.origin}/there`, { redirect: "manual" })).status).toBe(302);
  expect(site.log.map(({ message }) => message)).toContain("Stored files are not available");
  expect(readdirSync(users)).toEqual([]);
  const doctor = await callProgram(folder, ["doctor"], { env });
  expect(doctor.exitCode).toBe(1);
  expect(doctor.stdout).toContain(`wrong  file-storage: ${users}/.trunk8-site`);
  await site.stop();

  rmSync(users, { recursive: true });
  renameSync(join(folder, "share"), users);
  const mounted = await startSite({ dataFolder: join(folder, "data") });
  expect((await fetch(`${mounted.origin}/health/ready`)).status).toBe(200);
  expect(await upload(mounted.origin, "found")).toBe(201);
  expect((await callProgram(folder, ["doctor"], { env })).stdout).toContain("ok     file-storage");
  await mounted.stop();
});

async function upload(origin: string, code: string): Promise<number> {
  const body = new FormData();
  body.set("short_code", code);
  body.set("file", new File(["hello"], "hello.txt"));
  const headers = { cookie: await signIn(origin), accept: "application/json" };
  return (await fetch(`${origin}/add`, { method: "POST", body, headers })).status;
}
