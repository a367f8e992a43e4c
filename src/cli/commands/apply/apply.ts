import { Problem } from "../../../problem.ts";
import { findServer } from "../../client/find-server.ts";
import { RemoteClient } from "../../client/remote-client.ts";
import { type Command, type Invocation, usageProblem } from "../../command.ts";
import { text } from "../text.en.ts";
import { carryOut } from "./carry-out.ts";

export const apply: Command = {
  synopsis: "apply [FILE] [OPTIONS]",
  summary: () => text.apply.summary,
  words: [0, 1],
  examples: [
    "trunk8 apply links.toml --user admin --dry-run",
    "trunk8 apply links.toml --server https://x.example",
  ],
  isRemote: true,
  options: {
    user: { value: "NAME", doc: () => text.apply.user },
    "dry-run": { doc: () => text.apply.dryRun },
    prune: { doc: () => text.apply.prune },
    yes: { doc: () => text.apply.yes },
    json: { doc: () => text.apply.json },
  },
  run: async (invocation) => {
    const server = findServer(invocation);
    if (server !== null) return await applyThere(new RemoteClient(server), invocation);
    await (await import("./apply-here.ts")).applyHere(invocation);
  },
};

/** The site reads the file twice: to say what would change, and to change it. */
async function applyThere(client: RemoteClient, invocation: Invocation): Promise<void> {
  const { positionals, option, has } = invocation;
  const toml = await readGiven(positionals[0]);
  const send = (dry_run: boolean) =>
    client.call("applyLinks", {
      query: { owner: option("user") },
      json: { toml, dry_run, prune: has("prune") },
    });
  await carryOut(invocation, {
    plan: await send(true),
    refusal: null,
    apply: async () => {
      await send(false);
    },
  });
}

async function readGiven(path: string | undefined): Promise<string> {
  if (path === undefined) throw usageProblem(text.apply.nameFile);
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Problem("not_found", text.apply.fileMissing(path));
  return await file.text();
}
