import type { User } from "../src/accounts/user.ts";
import type { ImportedLink } from "../src/links/bulk/imported-links.ts";
import { type Kind, noGate, noOptions } from "../src/links/link.ts";
import { parseShortCode } from "../src/links/short-code.ts";
import { parseTarget } from "../src/links/target/target.ts";
import { operator } from "../src/policy.ts";
import { START, type World } from "./world.ts";

/** Imports a link of `user` whose file is missing, as from the Python Trunk8. */
export async function importWithoutFile(
  { app }: Pick<World, "app">,
  user: User,
  { code, kind }: { readonly code: string; readonly kind: Exclude<Kind, "redirect"> },
): Promise<void> {
  await app.links.imported.add(operator, [importedLink(user, { code, kind, target: "" })]);
}

/** Imports many redirects of `user`; their short codes begin with `prefix`. */
export async function importRedirects(
  { app }: Pick<World, "app">,
  user: User,
  { prefix, count }: { readonly prefix: string; readonly count: number },
): Promise<void> {
  const target = parseTarget("https://example.com/", { schemes: ["https"] });
  const links = Array.from({ length: count }, (_, at) =>
    importedLink(user, { code: `${prefix}${at}`, kind: "redirect", target }),
  );
  for (let at = 0; at < count; at += 500)
    await app.links.imported.add(operator, links.slice(at, at + 500));
}

function importedLink(
  user: User,
  { code, ...link }: Pick<ImportedLink, "target"> & { readonly code: string; readonly kind: Kind },
): ImportedLink {
  return {
    ...noOptions,
    tags: [],
    ...noGate,
    ...link,
    shortCode: parseShortCode(code),
    ownerId: user.id,
    title: "",
    note: "",
    redirectStatus: 302,
    expiresAt: null,
    disabled: false,
    inline: false,
    createdAt: START,
    updatedAt: START,
    content: null,
  };
}
