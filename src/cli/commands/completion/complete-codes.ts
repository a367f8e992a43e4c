import { findServer } from "../../client/find-server.ts";
import { RemoteClient } from "../../client/remote-client.ts";
import { type Command, printResult } from "../../command.ts";

/** The command that completion scripts call; not for people. */
export const CODES_COMMAND = "complete-codes";

/** Short codes per request, and at most. */
const MOST = 100;

/** Prints short codes of a site that begin as the word that is typed. A data folder is not opened for that. */
export const completeCodes: Command = {
  synopsis: `${CODES_COMMAND} [PREFIX]`,
  summary: () => "",
  words: [0, 1],
  isRemote: true,
  options: {},
  run: async (invocation) => {
    const server = findServer(invocation);
    if (server === null) return;
    const [prefix = ""] = invocation.positionals;
    const query = { limit: MOST, ...(prefix !== "" && { q: prefix }) };
    const { items } = await new RemoteClient(server).call("listLinks", { query });
    const codes = items.map(({ short_code }) => short_code);
    printResult(codes.filter((code) => code.startsWith(prefix)).join("\n"));
  },
};
