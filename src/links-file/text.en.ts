import { catalogue } from "../text/catalogue.ts";
import { formatCount } from "../text/format.ts";

/** What is wrong with a links.toml. */
export const text = catalogue({
  file: {
    notToml: (message: string) => `Not valid TOML: ${message}.`,
    notRegular: "Not a regular file. Symbolic links, folders and pipes are not read.",
    notUtf8: "Not UTF-8 text.",
    tooLarge: "A links.toml has at most 4 MB.",
    tooManyLinks: "A links.toml has at most 10,000 links.",
    unreadable: (code: string) => `The file cannot be read (${code}).`,
  },
  errors: {
    at: (line: number, column: number, message: string) =>
      `Line ${line}, column ${column}: ${message}`,
    more: (count: number) => `${formatCount(count)} more.`,
  },
  keys: {
    unknown: (name: string) => `Unknown key "${name}".`,
    notLinks: "links must be a table of links: [links.code].",
    notLink: "A link must be a table: [links.code].",
    wrongType: {
      text: (key: string) => `"${key}" must be a string.`,
      texts: (key: string) => `"${key}" must be a list of strings.`,
      number: (key: string) => `"${key}" must be a whole number.`,
      truth: (key: string) => `"${key}" must be true or false.`,
      time: (key: string) => `"${key}" must be a date and time.`,
    },
  },
  links: {
    taken: (code: string) => `The short code "${code}" is already taken.`,
    declared: (code: string) => `"${code}" is declared in links.toml. Change it there.`,
    redirectWithPath: "A redirect has no path.",
    noCollections: "A file cannot declare collections. Create them in the browser or by the API.",
    redirectWithContent: "A redirect has no content.",
    fileWithUrl: "Only a redirect has a url.",
    pathAndContent: "Use either path or content, not both.",
    noSpan: "Use a date and time.",
    transferred: "This file was transferred to another user with its link.",
  },
});
