import type { User } from "../src/accounts/user.ts";
import type { Kind } from "../src/links/link.ts";
import { parseShortCode } from "../src/links/short-code.ts";
import { operator } from "../src/policy.ts";
import { START, type World } from "./world.ts";

/** Imports a link of `user` whose file is missing, as from the Python Trunk8. */
export async function importWithoutFile(
  { app }: Pick<World, "app">,
  user: User,
  { code, kind }: { readonly code: string; readonly kind: Exclude<Kind, "redirect"> },
): Promise<void> {
  const link = {
    shortCode: parseShortCode(code),
    ownerId: user.id,
    kind,
    target: "" as const,
    title: "",
    note: "",
    redirectStatus: 302 as const,
    expiresAt: null,
    disabled: false,
    inline: false,
    createdAt: START,
    updatedAt: START,
    content: null,
  };
  await app.importedLinks.add(operator, [link]);
}
