import { currentLanguage, type Language } from "./language.ts";
import { pseudoText } from "./pseudo-text.ts";

type TextFunction = (...values: never[]) => string;
type Text = string | TextFunction;

/** Texts by key; a text with values in it is a function of them, and groups may hold groups. */
export interface Texts {
  readonly [key: string]: Text | Texts;
}

const translations = new WeakMap<Texts, Map<Language, Texts>>();

/**
 * A module's texts in English. The compiler knows every key, and each read answers in the current language: read texts
 * where they are shown, never at the top of a file.
 */
export function catalogue<English extends Texts>(english: English): English {
  const added = new Map<Language, Texts>();
  const view = viewOf(english, (language) => added.get(language));
  translations.set(view, added);
  return view;
}

/** Adds a language to a catalogue: a module's `text.de.ts` does so for its `text.en.ts`. */
export function translate<English extends Texts>(
  view: English,
  language: Language,
  texts: English,
): void {
  translations.get(view)?.set(language, texts);
}

function viewOf<Group extends Texts>(
  english: Group,
  inLanguage: (language: Language) => Texts | undefined,
): Group {
  const view = {};
  for (const [key, text] of Object.entries(english)) {
    const get =
      typeof text === "object"
        ? groupIn(text, inLanguage, key)
        : () => textIn(text, inLanguage, key);
    Object.defineProperty(view, key, { get, enumerable: true });
  }
  return view as Group;
}

/** Views of groups are made when they are first read. */
function groupIn(
  english: Texts,
  inLanguage: (language: Language) => Texts | undefined,
  key: string,
): () => Texts {
  let view: Texts | undefined;
  return () => {
    view ??= viewOf(english, (language) => groupOf(inLanguage(language), key));
    return view;
  };
}

function groupOf(texts: Texts | undefined, key: string): Texts | undefined {
  const group = texts?.[key];
  return typeof group === "object" ? group : undefined;
}

function textIn(
  english: Text,
  inLanguage: (language: Language) => Texts | undefined,
  key: string,
): unknown {
  const language = currentLanguage();
  if (language === "en") return english;
  return inLanguage(language)?.[key] ?? inTestLanguage(english, language);
}

function inTestLanguage(english: Text, language: Exclude<Language, "en">): Text {
  if (typeof english === "string") return pseudoText(english, language);
  return (...values: never[]) => withValues(english, values, language);
}

/** The function's words in the test language, its values as they are: text values are private letters meanwhile. */
function withValues(
  english: TextFunction,
  values: readonly unknown[],
  language: Exclude<Language, "en">,
): string {
  const call = english as (...values: unknown[]) => string;
  const placed = values.map((value, n) => (typeof value === "string" ? placeOf(n) : value));
  const text = pseudoText(call(...placed), language);
  return values.reduce<string>(
    (shown, value, n) => (typeof value === "string" ? shown.replaceAll(placeOf(n), value) : shown),
    text,
  );
}

const placeOf = (n: number): string => String.fromCodePoint(0xe000 + n);
