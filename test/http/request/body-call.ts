import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "../../../src/http/call.ts";
import type { BodyCall } from "../../../src/http/request/body.ts";
import { RequestBodies } from "../../../src/limits/request-bodies.ts";

/** Where the tests of one process spool. */
const folder = join(mkdtempSync(join(tmpdir(), "trunk8-bodies-")), "forms");

/** Shares of nobody else, by a clock that stands still unless the test moves it. */
export function testBodies(clock = () => 0, leastRate = 1024): RequestBodies {
  const settings = () => ({ "limits.upload_bytes_per_second": leastRate });
  return new RequestBodies({ folder, clock, settings });
}

/** A request whose body is read, by a connection that lets the client be silent. */
export function bodyCall(
  request: Request,
  {
    bodies = testBodies(),
    allowSilence = () => {},
  }: {
    readonly bodies?: RequestBodies;
    readonly allowSilence?: Connection["allowSilence"];
  } = {},
): BodyCall {
  return { request, connection: { address: () => null, allowSilence }, app: { bodies } };
}
