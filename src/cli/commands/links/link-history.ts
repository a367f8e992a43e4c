import type { App } from "../../../app.ts";
import type { LinkVersion } from "../../../links/history/history.ts";
import { inputContext } from "../../../links/input/link-schema.ts";
import type { ListedLink } from "../../../links/links.ts";
import { operator } from "../../../policy.ts";
import { formatCount } from "../../../text/format.ts";
import { rfc3339 } from "../../../text/rfc3339.ts";
import {
  type Command,
  type Invocation,
  printNote,
  printResult,
  usageProblem,
} from "../../command.ts";
import { formatTable } from "../../format-table.ts";
import { screenWidth } from "../../screen.ts";
import { siteOrigin } from "../../site-origin.ts";
import { withApp } from "../../with-app.ts";
import { describeBytes, describeContent } from "./describe-content.ts";
import { namingLink } from "./naming-link.ts";
import { text } from "./text.en.ts";

export const history: Command = {
  synopsis: "history CODE [--view N | --restore N] [--json]",
  summary: () => text.history.summary,
  words: [1, 1],
  examples: ["trunk8 history path", "trunk8 history path --restore 2"],
  options: {
    view: { value: "N", doc: () => text.history.view },
    restore: { value: "N", doc: () => text.history.restore },
    json: { doc: () => text.history.json },
  },
  run: (invocation) => withApp(invocation, (app) => run(app, invocation)),
};

async function run(app: App, { positionals, option, has }: Invocation): Promise<void> {
  const [code = ""] = positionals;
  const link = await namingLink(code, app.links.get(operator, code));
  const [restored, viewed] = [numberOf(option("restore")), numberOf(option("view"))];
  if (restored !== null && viewed !== null) throw usageProblem(text.edit.both("view", "restore"));
  if (restored !== null) return await restore(app, link, restored);
  if (viewed !== null) return await view(app, link, viewed);
  const versions = await app.links.history.of(link);
  if (has("json")) return printResult(JSON.stringify(versions.map(describe), null, 2));
  const { version, since, by, content } = text.history.heads;
  const columns = [version, since, by, content].map((head) => ({ head }));
  printResult(formatTable(columns, versions.map(rowOf), screenWidth()));
}

function numberOf(given: string | undefined): number | null {
  if (given === undefined) return null;
  if (!/^[1-9]\d{0,8}$/.test(given)) throw usageProblem(text.history.noNumber);
  return Number(given);
}

async function restore(app: App, { shortCode }: ListedLink, number: number): Promise<void> {
  const context = inputContext(app, [siteOrigin(app.live.current)]);
  await app.links.history.restore(operator, shortCode, { number }, context);
  printNote(text.history.restored(shortCode, number));
}

async function view(app: App, link: ListedLink, number: number): Promise<void> {
  const { target, content } = await app.links.history.find(link, number);
  if (content === null) return printResult(target);
  for await (const bytes of (await app.files.blobs.open(content)).stream())
    process.stdout.write(bytes);
}

function rowOf(version: LinkVersion): string[] {
  const { number, isCurrent, at, by } = version;
  return [
    isCurrent ? text.history.current(number) : formatCount(number),
    rfc3339(at) ?? "",
    by || text.history.unknown,
    describeContent(version),
  ];
}

function describe({ number, isCurrent, at, by, kind, target, content }: LinkVersion) {
  return {
    version: number,
    current: isCurrent,
    since: rfc3339(at),
    by: by === "" ? null : by,
    kind,
    ...(content === null ? { target } : { content: describeBytes(content) }),
  };
}
