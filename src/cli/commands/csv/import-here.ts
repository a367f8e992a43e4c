import type { App } from "../../../app.ts";
import { type InputContext, inputContext } from "../../../links/input/link-schema.ts";
import { operator } from "../../../policy.ts";
import { tryAgain } from "../../../user-backup/restores/try-again.ts";
import type { Invocation } from "../../command.ts";
import { siteOrigin } from "../../site-origin.ts";
import { withApp } from "../../with-app.ts";
import { ownerOf } from "../links/link-owner.ts";
import type { CsvImport, OnFault } from "./csv-import.ts";

/** Opens the data folder for the import of a file. */
export async function withImportHere(
  invocation: Invocation,
  file: Blob,
  work: (one: CsvImport) => Promise<void>,
): Promise<void> {
  await withApp(invocation, async (app) => {
    const owner = await ownerOf(app, invocation);
    const context = inputContext(app, [siteOrigin(app.live.current)]);
    await work(new ImportHere(app, { file, ownerId: owner.id, context }));
  });
}

interface About {
  readonly file: Blob;
  readonly ownerId: number;
  readonly context: InputContext;
}

class ImportHere implements CsvImport {
  readonly #app: App;
  readonly #about: About;

  constructor(app: App, about: About) {
    this.#app = app;
    this.#about = about;
  }

  async check(onFault: OnFault) {
    const { file, ownerId, context } = this.#about;
    const { csv } = this.#app.links;
    const { columns, portions } = await csv.check(file.stream(), ownerId, context);
    const count = { links: 0, refused: 0 };
    for await (const { links, faults } of portions) {
      count.links += links.length;
      count.refused += faults.length;
      for (const fault of faults) onFault(fault);
    }
    return { ...count, ignored: columns.ignored };
  }

  async run(onFault: OnFault, show: (created: number) => void) {
    const { file, ownerId, context } = this.#about;
    const { csv } = this.#app.links;
    const { portions } = await csv.read(file.stream(), context);
    const count = { created: 0, refused: 0 };
    for await (const { links } of portions) {
      const added = await tryAgain(() => csv.add(operator, ownerId, links));
      count.created += added.created.length;
      count.refused += added.faults.length;
      for (const fault of added.faults) onFault(fault);
      show(count.created);
    }
    return count;
  }
}
