import { RemoteClient } from "../../client/remote-client.ts";
import { parseServer } from "../../client/server.ts";
import { removeStoredServer, storeServer } from "../../client/stored-server.ts";
import { type Command, type Invocation, printNote, usageProblem } from "../../command.ts";
import { STANDARD_INPUT } from "../../given-file.ts";
import { readSecret } from "../../read-password.ts";
import { text } from "./text.en.ts";

export const login: Command = {
  synopsis: "login URL [-]",
  summary: () => text.summary,
  words: [1, 2],
  isRemote: true,
  examples: ["trunk8 login https://x.example", "trunk8 login https://x.example - <key.txt"],
  options: {},
  run: signIn,
};

export const logout: Command = {
  synopsis: "logout",
  summary: () => text.logoutSummary,
  words: [0, 0],
  examples: ["trunk8 logout"],
  options: {},
  run: async ({ env }) => printNote(removeStoredServer(env) ? text.removed : text.notStored),
};

/** The key is checked before it is stored. */
async function signIn({ positionals, has, env }: Invocation): Promise<void> {
  const [url = "", input = STANDARD_INPUT] = positionals;
  if (input !== STANDARD_INPUT) throw usageProblem(text.keyInArguments);
  const origin = parseServer(url, has("insecure"));
  const key = (await readSecret(text.question(origin))).trim();
  if (key === "") throw usageProblem(text.noKey);
  const { username } = await new RemoteClient({ origin, key }).call("readMe", {});
  printNote(text.stored(username, origin, storeServer(env, { origin, key })));
}
