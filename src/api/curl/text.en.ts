import { catalogue } from "../../text/catalogue.ts";

/** Messages for curl and programs like it. */
export const text = catalogue({
  needsKey: (origin: string, keys: string) =>
    `Send an API key, as in: curl -u :KEY -F file=@photo.jpg ${origin}/ (API keys: ${keys})`,
  wrongToken: "This is not the token of this link.",
  onlyRead: "A short link is opened by GET. With its token, POST deletes it or changes its expiry.",
  tokenAlone: "Send the field delete, or expires.",
  expires: "The field expires is a number of hours, or of milliseconds since 1970.",
  nothingSent: "Send a file, or an address to shorten in the field url.",
  emptyFile: "The file is empty. Send its bytes as the body.",
  tooLong: "This address is too long.",
  encrypted:
    "Trunk8 does not encrypt files. For a password that visitors enter, send the field password.",
});
