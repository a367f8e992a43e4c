/** Text as search compares it: without regard to case, and to how a letter with an accent was typed. */
export function foldText(text: string): string {
  return text.normalize("NFC").toLowerCase();
}
