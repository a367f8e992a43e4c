import { invalid } from "../../problem.ts";
import { text } from "../text.en.ts";

/** Most characters of a title and of a note. */
export const MAX_TITLE = 200;
const MAX_NOTE = 10_000;

export function parseTitle(given: string): string {
  const title = given.trim().toWellFormed();
  if ([...title].length > MAX_TITLE) throw invalid("title", text.input.titleTooLong);
  if (hasControl(title)) throw invalid("title", text.input.titleNotPlain);
  return title;
}

export function parseNote(given: string): string {
  const note = given.replaceAll("\r\n", "\n").trim().toWellFormed();
  if ([...note].length > MAX_NOTE) throw invalid("note", text.input.noteTooLong);
  if (hasControl(note.replace(/[\n\t]/g, ""))) throw invalid("note", text.input.noteNotPlain);
  return note;
}

function hasControl(given: string): boolean {
  return /\p{Cc}/u.test(given);
}
