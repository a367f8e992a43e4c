/** Accents and vowel points, but not marks that make another letter, such as Japanese and Indic ones. */
const ACCENTS =
  /[[\p{Mn}&&[\p{Script=Inherited}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Cyrillic}]]--[\u3099\u309a]]/gv;

/** Characters that are not shown, such as soft hyphens and zero-width spaces. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;

/** Letters that Unicode does not decompose. */
const LETTERS: Readonly<Record<string, string>> = {
  "\u00df": "ss",
  "\u00e6": "ae",
  "\u0153": "oe",
  "\u00f8": "o",
  "\u0142": "l",
  "\u0111": "d",
  "\u00f0": "d",
  "\u0127": "h",
  "\u0131": "i",
  "\u0167": "t",
  "\u00fe": "th",
  "\u014b": "n",
  "\u03c2": "\u03c3",
};

const UNDECOMPOSED = new RegExp(`[${Object.keys(LETTERS).join("")}]`, "g");

const BEYOND_ASCII = /[\u0080-\u{10ffff}]/u;

export function isAscii(text: string): boolean {
  return !BEYOND_ASCII.test(text);
}

/**
 * Folds case, accents, ligatures and full-width letters, so that text compares as search and sorting need it. Stored in
 * `link_search`: a change needs a migration.
 */
export function foldText(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  return text
    .normalize("NFKD")
    .replace(ACCENTS, "")
    .replace(INVISIBLE, "")
    .toLowerCase()
    .replace(UNDECOMPOSED, (letter) => LETTERS[letter] ?? letter)
    .normalize("NFC");
}
