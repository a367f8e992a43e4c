/** A site for tests, and how browsers ask for its pages and for what these load. */

export const INDEX =
  '<!doctype html><title>Start</title><link rel="stylesheet" href="assets/x.css">';
export const SITE = {
  "index.html": INDEX,
  "about.html": "<title>About</title>",
  "404.html": "<title>Not there</title>",
  "assets/x.css": "body { color: red }",
  "assets/app.mjs": "export default 1;",
  "assets/data.json": "{}",
  "docs/index.html": "<title>Docs</title>",
  "docs/Größe & more.txt": "text",
  "Case.txt": "upper",
  "case.txt": "lower",
};

export const navigation = { "sec-fetch-dest": "document", accept: "text/html" };
export const inFrame = { ...navigation, "sec-fetch-dest": "iframe" };
/** As a page without an origin loads what it uses. */
export const asset = { "sec-fetch-dest": "script", "sec-fetch-site": "cross-site" };
