import type { Call } from "../../http/call.ts";
import type { ListedLink } from "../../links/links.ts";
import { noSuchLink } from "../../links/rows/access.ts";
import { changeFromJson } from "./change-link.ts";
import { answerLink, findLink } from "./read-link.ts";

/** `PUT /api/v1/links/<code>/aliases/<alias>` */
export async function addAlias(call: Call): Promise<Response> {
  const link = await findLink(call);
  const { alias = "" } = call.params;
  if ((link.aliases as readonly string[]).includes(alias)) return answerLink(call, link);
  return await setAliases(call, link, [...link.aliases, alias]);
}

/** `DELETE /api/v1/links/<code>/aliases/<alias>` */
export async function removeAlias(call: Call): Promise<Response> {
  const link = await findLink(call);
  const { alias } = call.params;
  const others = link.aliases.filter((each) => each !== alias);
  if (others.length === link.aliases.length) throw noSuchLink();
  return await setAliases(call, link, others);
}

/** The revision that the aliases were read from keeps a change under way from being undone. */
async function setAliases(call: Call, link: ListedLink, aliases: string[]): Promise<Response> {
  const { revision } = link;
  return answerLink(call, await changeFromJson(call, link, { aliases, revision }));
}
