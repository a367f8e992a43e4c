/** Backups on one node and the deletion of files on another. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { STORED_FILES } from "../../src/app.ts";
import { operator } from "../../src/policy.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { postgresIsAvailable } from "../postgres.ts";
import { newLink } from "../share.ts";
import { type AppNodes, openAppNodes } from "./app-nodes.ts";

describe.skipIf(!postgresIsAvailable)("stored bytes that a link no longer needs", () => {
  let nodes: AppNodes;
  beforeEach(async () => {
    nodes = await openAppNodes();
    const { apps, clock } = nodes;
    const [{ links, files, accounts }] = apps;
    const admin = await accounts.users.findByUsername("admin");
    if (admin === null) throw new Error("There is no administrator.");
    const bytes = new Blob(["six..."]).stream();
    await using file = await files.blobs.receive(admin, { name: "a.txt", bytes }, 100);
    const input = newLink({ kind: "file" }, { hasContent: true });
    const { shortCode } = await links.create(operator, { ownerId: admin.id }, input, file);
    await links.discard(operator, shortCode);
    clock.advance(3_600_000);
  });
  afterEach(() => nodes[Symbol.asyncDispose]());

  test("stay while another node makes a backup, and go afterwards", async () => {
    const [here, there] = nodes.apps;
    const hold = await here.leases.hold(STORED_FILES, silentLog());
    const second = await here.leases.hold(STORED_FILES, silentLog());
    expect(await there.files.blobs.sweep(10)).toBe(0);
    await hold[Symbol.asyncDispose]();
    expect(await there.files.blobs.sweep(10)).toBe(0);
    await second[Symbol.asyncDispose]();
    expect(await there.files.blobs.sweep(10)).toBe(1);
  });

  test("go after the node that made a backup has crashed", async () => {
    const [here, there] = nodes.apps;
    await here.leases.take(`${STORED_FILES}:crashed`, 1000);
    expect(await there.files.blobs.sweep(10)).toBe(0);
    await here.database.write((trx) => trx.updateTable("lease").set({ until: 1 }).execute());
    expect(await there.files.blobs.sweep(10)).toBe(1);
    await using _hold = await here.leases.hold(STORED_FILES, silentLog());
    expect(await here.leases.list()).toHaveLength(1);
  });
});
