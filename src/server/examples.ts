import { ADMIN_USERNAME } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { inputContext, parseNewLink, type RawFields } from "../links/input.ts";
import { operator } from "../policy.ts";

/** One link of each kind there is, for the administrator to look at and throw away. */
const examples: readonly RawFields[] = [
  {
    short_code: "example",
    link_type: "redirect",
    url: "https://example.com/",
    title: "An example redirect",
    note: "Made on the first start. Edit or delete it as you like.",
  },
];

/** Makes the examples on the very first start. */
export async function addExamples(app: App): Promise<void> {
  const admin = await app.users.findByUsername(ADMIN_USERNAME);
  if (admin === null) return;
  const context = inputContext(app, []);
  for (const fields of examples) {
    await app.links.create(operator, { ownerId: admin.id }, parseNewLink(fields, context));
  }
}
