import { withClient } from "../../client/with-client.ts";
import { type Command, printResult } from "../../command.ts";
import { isOnScreen } from "../../screen.ts";
import { namingLink } from "./naming-link.ts";
import { text } from "./text.en.ts";

export const open: Command = {
  synopsis: "open CODE [--print]",
  summary: () => text.open.summary,
  words: [1, 1],
  examples: ["trunk8 open path"],
  isRemote: true,
  options: { print: { doc: () => text.open.print } },
  run: (invocation) =>
    withClient(invocation, async (client) => {
      const [shortCode = ""] = invocation.positionals;
      const params = { shortCode };
      const { url } = await namingLink(shortCode, client.call("readLink", { params }));
      const opener = invocation.has("print") || !isOnScreen() ? null : findOpener();
      if (opener === null) return printResult(url);
      Bun.spawn([opener, url], { stdio: ["ignore", "ignore", "ignore"] }).unref();
    }),
};

/** The program of this system that opens a URL in the browser. */
function findOpener(): string | null {
  return Bun.which(process.platform === "darwin" ? "open" : "xdg-open");
}
