import type { Client } from "../../../client/client.ts";
import { text } from "../../../client/text.en.ts";
import { type Invocation, usageProblem } from "../../../command.ts";

/**
 * What is created over the API belongs to the owner of the key.
 * @throws Problem `usage`
 */
export function refuseOwner({ site }: Client, { option }: Invocation): void {
  if (site !== null && option("user") !== undefined) throw usageProblem(text.ownerOfKey);
}
