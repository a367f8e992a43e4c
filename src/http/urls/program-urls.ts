import type { UrlRow } from "../url-row.ts";

/**
 * What curl and programs like it send to the address of the site, and of its links: beside the pages there, whose
 * methods are others.
 */
export const programUrls = {
  sendFiles: {
    pattern: "/",
    methods: ["POST", "PUT"],
    access: "signed_in",
    tongue: "program",
    doc: "Upload files with an API key: `curl -F file=@x` (any field with a file, a link each), and shorten `url` (or `shorten`). `secret` for a code that cannot be guessed, `expires` (hours, or milliseconds since 1970), and the fields of `POST /api/v1/files`. The body of a PUT is one file. The answer is a URL a line, with `X-Url-Delete`, `X-Token` and `X-Expires`; with `Accept: application/json`, the link (201), or `items` of several. `Max-Days` and `Max-Downloads` are its expiry and visit limit.",
  },
  putFile: {
    pattern: "/:fileName",
    methods: ["PUT"],
    access: "signed_in",
    tongue: "program",
    doc: "`curl -T x`: the body is a file of this name, which gets a link with an automatic code. The options are those of `POST /api/v1/files`, in the query.",
  },
  putFileThere: {
    pattern: "/put/:fileName",
    methods: ["PUT"],
    access: "signed_in",
    tongue: "program",
    doc: "The same, for names that are addresses of the site.",
  },
  uploadFileThere: {
    pattern: "/upload/:fileName",
    methods: ["PUT"],
    access: "signed_in",
    tongue: "program",
    doc: "The same.",
  },
  changeByToken: {
    pattern: "/:shortCode",
    methods: ["POST"],
    access: "visitor",
    tongue: "program",
    doc: "With the `token` of a link, as `X-Token` has it: `delete` puts the link into the trash, `expires` (hours, or milliseconds since 1970) changes its expiry.",
  },
} as const satisfies Record<string, UrlRow>;
