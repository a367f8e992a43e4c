import { writeFile } from "node:fs/promises";
import { extname } from "node:path";
import { renderUnicodeCompact } from "uqr";
import { codeOf } from "../../../os/system-error.ts";
import { Problem } from "../../../problem.ts";
import { withClient } from "../../client/with-client.ts";
import { type Command, type Invocation, printNote, printResult } from "../../command.ts";
import { isOnScreen } from "../../screen.ts";
import { namingLink } from "./naming-link.ts";
import { text } from "./text.en.ts";

export const qr: Command = {
  synopsis: "qr CODE [OPTIONS]",
  summary: () => text.qr.summary,
  words: [1, 1],
  isRemote: true,
  examples: ["trunk8 qr path --out path.png --size 1024"],
  options: {
    out: { value: "FILE", doc: () => text.qr.out },
    format: { value: "FORMAT", doc: () => text.qr.format },
    size: { value: "PIXELS", doc: () => text.qr.size },
    margin: { value: "MODULES", doc: () => text.qr.margin },
  },
  run: (invocation) =>
    withClient(invocation, async (client) => {
      const [shortCode = ""] = invocation.positionals;
      const params = { shortCode };
      const out = invocation.option("out");
      const query = queryOf(invocation, out);
      if (out === undefined && isOnScreen() && query.format === undefined) {
        const { url } = await namingLink(shortCode, client.call("readLink", { params }));
        return printResult(`${renderUnicodeCompact(url)}\n${url}`);
      }
      const image = await namingLink(shortCode, client.open("readQr", { params, query }));
      const bytes = await image.bytes();
      if (out === undefined) process.stdout.write(bytes);
      else await save(out, bytes);
    }),
};

/** The extension of the file says its format, too. */
function queryOf({ option }: Invocation, out = "") {
  const byName = [".svg", ".png"].includes(extname(out)) ? extname(out).slice(1) : undefined;
  return { format: option("format") ?? byName, size: option("size"), margin: option("margin") };
}

async function save(path: string, bytes: Uint8Array): Promise<void> {
  await writeFile(path, bytes).catch((cause) => {
    throw new Problem("bad_request", text.qr.cannotWrite(path, codeOf(cause)), { cause });
  });
  printNote(text.qr.written(path));
}
