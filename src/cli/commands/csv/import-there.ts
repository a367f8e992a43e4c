import { linkUrls } from "../../../http/urls/link-urls.ts";
import { Problem, type ProblemCode } from "../../../problem.ts";
import { multipart } from "../../client/multipart.ts";
import { RemoteClient } from "../../client/remote-client.ts";
import type { Server } from "../../client/server.ts";
import type { Invocation } from "../../command.ts";
import { refuseOwner } from "../links/add/refuse-owner.ts";
import { text } from "../text.en.ts";
import type { CsvFault, CsvImport, OnFault } from "./csv-import.ts";

/** How often a site is asked how far it is. */
const EVERY_MS = 500;

/** What a site found in a file. */
interface Preview {
  readonly links: number;
  readonly refused: number;
  readonly faults: readonly CsvFault[];
  readonly ignored: readonly string[];
  /** Names the file, for the import. */
  readonly sent: string;
}

/** How far a site is. */
interface Progress {
  readonly state: "running" | "done" | "failed" | "cancelled";
  readonly created: number;
  readonly refused: number;
  readonly faults: readonly CsvFault[];
  readonly problem: { readonly code: ProblemCode; readonly message: string } | null;
  readonly url: string;
}

/** The import of a file by a site, which reads it once more after the preview. */
export function openImportThere(server: Server, invocation: Invocation, file: Blob): CsvImport {
  const client = new RemoteClient(server);
  refuseOwner(client, invocation);
  return new ImportThere(client, file);
}

class ImportThere implements CsvImport {
  readonly #client: RemoteClient;
  readonly #file: Blob;
  #sent = "";

  constructor(client: RemoteClient, file: Blob) {
    this.#client = client;
    this.#file = file;
  }

  async check(onFault: OnFault) {
    const form = multipart({}, { name: "links.csv", bytes: this.#file.stream() });
    const { faults, sent, ...found } = await this.#ask<Preview>(form);
    this.#sent = sent;
    for (const fault of faults) onFault(fault);
    return found;
  }

  async run(onFault: OnFault, show: (created: number) => void) {
    const fields = new URLSearchParams({ action: "import", sent: this.#sent });
    const type = "application/x-www-form-urlencoded";
    let progress = await this.#ask<Progress>({ type, body: fields.toString() });
    while (progress.state === "running") {
      show(progress.created);
      await Bun.sleep(EVERY_MS);
      progress = (await (await this.#client.request("GET", progress.url)).json()) as Progress;
    }
    for (const fault of progress.faults) onFault(fault);
    if (progress.state === "done") return progress;
    const { code = "conflict", message = text.importCsv.cancelled } = progress.problem ?? {};
    throw new Problem(code, message);
  }

  async #ask<Answer>(sent: Parameters<RemoteClient["request"]>[2]): Promise<Answer> {
    const { pattern } = linkUrls.importLinks;
    return (await (await this.#client.request("POST", pattern, sent)).json()) as Answer;
  }
}
