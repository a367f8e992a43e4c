import { catalogue } from "../text/catalogue.ts";

/** Texts of the home page, and of pages that need a signed-in user. */
export const text = catalogue({
  help: ({
    origin,
    title,
    api,
    keys,
  }: Readonly<Record<"origin" | "title" | "api" | "keys", string>>) =>
    `${title}: short links and files, from the command line.

Upload a file         curl -u :KEY -F file=@photo.jpg ${origin}/
                      curl -u :KEY -T photo.jpg ${origin}/
Several, a link each  curl -u :KEY -F a=@one.txt -F b=@two.txt ${origin}/
From a pipe           tar cz folder | curl -u :KEY -T - ${origin}/put/folder.tar.gz
Shorten an address    curl -u :KEY -F url=https://example.com/long ${origin}/
Delete                curl -X DELETE and the address in X-Url-Delete (curl -i shows it)

Fields beside the file: expires=24 (hours), secret= (a code that cannot be guessed),
password=, visit_limit=1, title=, short_code=
With -T, these are parameters: ${origin}/put/photo.jpg?visit_limit=1
With -H "Accept: application/json", the answer is JSON.

KEY is an API key: ${keys}
To keep it out of your history, write into ~/.netrc: machine HOST login api password KEY
and use curl -n in place of curl -u :KEY.
All else that programs can do: ${api}
`,

  signInFirst: "Sign in first.",
  home: {
    title: "Home",
    shortenUrl: "Shorten a URL",
    shorten: "Shorten",
    newShortLink: "new short link",
    exists: "You already have a link to this",
    existingShortLink: "short link",
    createAnother: "Create another",
    shareFile: "Or share {file}.",
    file: "a file",
    drop: "Drop it on this page, or paste an image.",
    fileField: "File",
    totals: "Totals",
    links: "Links",
    live: "Live links",
    visits: "Visits to these links",
    newest: "Newest links",
    all: "All links",
    firstHint: "Paste a long URL above to get a short link of your own.",
  },
});
