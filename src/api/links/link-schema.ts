import { z } from "zod";
import { linkChangesJsonSchema, newLinkJsonSchema } from "../../links/input/link-json.ts";
import { kinds, linkStatuses, redirectStatuses } from "../../links/link.ts";
import { fieldNameOf } from "../../parse-input.ts";
import { uploadList } from "../files/link-files-schema.ts";

/** A moment as RFC 3339 in UTC. */
const time = z.iso.datetime();

const fileSchema = z
  .strictObject({
    name: z.string(),
    type: z.string().describe("Media type."),
    size: z.int().describe("Bytes."),
    sha256: z.string().describe("In hexadecimal."),
    modified_at: time,
  })
  .meta({
    id: "File",
    description: "The bytes that a link of another kind than `redirect` opens.",
  });

/** A link in answers. */
export const linkSchema = z
  .strictObject({
    short_code: z.string(),
    url: z.string().describe("The short URL."),
    kind: z.enum(kinds),
    status: z.enum(linkStatuses).describe("What visitors get now."),
    target: z.string().nullable().describe("Destination of a redirect; null for other kinds."),
    title: z.string(),
    note: z.string(),
    tags: z.array(z.string()),
    redirect_status: z.literal(redirectStatuses),
    starts_at: time.nullable().describe("Null: from the beginning."),
    expires_at: time.nullable().describe("Null: never."),
    fallback_url: z
      .string()
      .nullable()
      .describe("Where visitors are sent when the link has expired or is disabled."),
    forward_query: z
      .boolean()
      .nullable()
      .describe(
        "Whether parameters of the visitor are passed on; null: as the site's settings say.",
      ),
    embed_hosts: z
      .string()
      .nullable()
      .describe("Websites that may show it in a frame, with spaces between them; null: none."),
    aliases: z.array(z.string()).describe("Further short codes."),
    visit_limit: z.int().nullable().describe("Null: unlimited."),
    visits_left: z.int().nullable(),
    has_password: z.boolean(),
    wrong_passwords: z.int().describe("Wrong passwords that visitors have entered."),
    disabled: z.boolean(),
    inline: z.boolean().describe("Whether a file opens in the browser, if its type is harmless."),
    declared: z
      .boolean()
      .describe("Whether a links.toml declares it, and only that file changes it."),
    owner: z.string().describe("User name."),
    revision: z.int().describe("Raised by every change. The ETag is made of it."),
    visits: z.int(),
    last_visit_at: time.nullable(),
    created_at: time,
    updated_at: time,
    file: fileSchema.nullable(),
  })
  .meta({ id: "Link" });

/** A new link, as its creation is answered. */
export const createdLinkSchema = linkSchema
  .extend({
    thumbnail_url: z.string().nullable().describe("Of an image; null for anything else."),
    deletion_url: z
      .string()
      .describe(
        "A page on which everyone with this address can delete the link. Only this response contains it.",
      ),
  })
  .meta({ id: "CreatedLink" });

const fieldDocs: Readonly<Record<string, string>> = {
  short_code: "1 to 50 of `A-Z a-z 0-9 _ -`. Absent or null: an automatic one.",
  kind: "Default: `redirect`.",
  target: "Destination of a redirect.",
  tags: "At most 20.",
  redirect_status: "Default: 302.",
  expires_at: "RFC 3339, a date, or a span from now such as `2h` or `7d`. Null: never.",
  starts_at: "As `expires_at`; it may have passed.",
  fallback_url: "Where visitors are sent when the link has expired or is disabled.",
  forward_query: "Null: as the site's settings say.",
  embed_hosts:
    "Websites that may show it in a frame, with spaces between them, such as `https://blog.example https://*.example.org`; at most 20. `*`: any. Null: none. Not for redirects.",
  aliases: "Further short codes, at most 20.",
  visit_limit: "Null: unlimited.",
  password: "What visitors must enter. It is stored hashed and never returned.",
  inline: "Whether a file opens in the browser, if its type is harmless.",
  find_if_exists:
    "True: where you have a live redirect to `target` that is as the other fields say, it is returned (200).",
  content: "Text of a Markdown page, an HTML page or a text file.",
  upload: "Instead of a text: the id of an upload that is complete, which becomes the file.",
  files: "The files of a collection, or of an HTML page.",
  keep_alias: "Whether a replaced short code goes on as an alias. Default: true.",
  revision:
    "The change is refused (409) if the link has another one. `If-Match` does the same (412).",
};

/** Fields of an operation as JSON has them, for the document: the domain checks them. */
function inSnakeCase(shape: Readonly<Record<string, z.ZodType>>) {
  const entries = Object.entries(shape).map(([key, schema]) => {
    const name = fieldNameOf(key);
    const doc = fieldDocs[name];
    return [name, doc === undefined ? schema : schema.describe(doc)];
  });
  return z.strictObject(Object.fromEntries(entries));
}

export const newLinkBody = inSnakeCase({
  ...newLinkJsonSchema.shape,
  upload: z.string().nullish(),
  files: uploadList.optional(),
}).meta({ id: "NewLink" });

const { shortCode: _, findIfExists: __, ...replacedShape } = newLinkJsonSchema.shape;

export const replacedLinkBody = inSnakeCase(replacedShape).meta({
  id: "ReplacedLink",
  description: "All of a link: what is absent gets its default, but stored content stays.",
});

export const linkChangesBody = inSnakeCase(linkChangesJsonSchema.shape).meta({
  id: "LinkChanges",
  description: "What is absent stays, null clears.",
});
