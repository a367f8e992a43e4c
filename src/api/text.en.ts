import { catalogue } from "../text/catalogue.ts";
import { formatCount } from "../text/format.ts";

/** Messages of the API. */
export const text = catalogue({
  json: {
    invalid: "The request body is not valid JSON.",
    missing: "The request has no body. Send a JSON object.",
    repeatedKey: "An object has this key twice.",
    tooDeep: (most: number) => `The JSON is nested more than ${most} levels deep.`,
    wrongType: "Send the body as application/json, without a content encoding.",
  },

  query: {
    repeated: (name: string) => `The parameter "${name}" was sent more than once.`,
    badCursor:
      "This cursor belongs to another list. Take `next` of the page before, with the same parameters.",
  },

  idempotencyKey: "An Idempotency-Key is a text of 1 to 255 characters, in quotes or without.",

  batch: {
    noContent: "A batch takes no texts of documents, and looks for no existing links.",
    oneLinkTwice: "In a batch that is carried out as a whole, each link can be named once.",
    tooManyPasswords: (most: number) => `A batch sets at most ${most} passwords.`,
  },

  apply: {
    tooManyLinks: (most: number) => `A links.toml has at most ${formatCount(most)} links here.`,
    tooManyPasswords: (most: number) => `A links.toml sets at most ${most} passwords here.`,
    noLinks: "The file has no links, so all others would be deleted.",
    noPaths: (code: string) =>
      `"${code}" has a path, which names a file of the machine of the site. Upload files instead.`,
    notAllowed: "The API key is not for links of these types.",
  },

  conditions: {
    exists: "It exists already.",
    missing: "It does not exist.",
    changed: "It has changed since you read it.",
  },

  settings: {
    mustBe: (form: string) => `Must be ${form}.`,
    overridden: (overrider: string) => `It is set by ${overrider}, and cannot be changed here.`,
    leadsBack: "This address leads back to links of this site whose fallback it would be.",
  },

  unknownTimeZone: "This time zone is not known. Use a name such as Europe/Berlin.",
  notReady: "Links cannot be answered now.",
  restoreInProgress: "A restore of this account is in progress already.",
  noSuchRestore: "There is no such restore.",
  noSuchChange: "There is no such change.",
  noUndo: "This change cannot be undone.",
  noSuchSession: "There is no such session.",
  notYourAccount: "Only its owner sees this of an account.",
  noSuchBackup: "There is no such backup.",
  noSuchUser: (name: string) => `There is no user "${name}".`,

  signInFirst: "Send an API key: `Authorization: Bearer` and the key.",
  signInAgain: "You signed in some time ago. Sign in again, and repeat the action.",
  file: {
    unnamed: "file",
    encoded: "Send the file without a content encoding.",
    onlyOne: "Send one file, or several with the kind `collection` or `html`.",
    formOnly: "A collection is sent as a form, with its files in the field `file`.",
    missing: 'Send a file: as the body, or in the field "file" of a form.',
  },

  upload: {
    onlyCollections: "Only a collection or an HTML page has `files`, and no text beside them.",
    version: (version: string) => `Send the header Tus-Resumable: ${version}.`,
    length: "Send Upload-Length, or else Upload-Defer-Length: 1.",
    noNumber: (name: string) => `The header ${name} must be a whole number.`,
    type: "Send the bytes as application/offset+octet-stream.",
    checksum: "Upload-Checksum must be sha1 or sha256, a space, and the checksum in Base64.",
    concat:
      "Upload-Concat must be partial, or final; with the URLs of uploads, separated by spaces and without Upload-Length.",
    noFile: "An upload becomes a file, a Markdown page or an HTML page, and comes without content.",
    override: "Say PATCH or DELETE in X-HTTP-Method-Override.",
    password:
      "Metadata are stored as they are. Upload with the purpose hold, and create the link with its password afterwards.",
  },

  noSuchTrashedLink: "There is no such link in the trash.",
  notAcceptable: (types: string) => `This resource is available as ${types} only.`,
  noSuchUrl: "The API has nothing at this URL.",
});
