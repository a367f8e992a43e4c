import { CODES_COMMAND } from "./complete-codes.ts";

/** Beginnings of commands, and the words that may follow each; files otherwise. */
export type Words = readonly (readonly [before: string, next: readonly string[]])[];

/** The script of a shell; `coded` are the commands that short codes follow. */
type Script = (words: Words, coded: readonly string[]) => string;

/** The script of each shell. */
export const completionScripts: Readonly<Record<string, Script>> = {
  bash: bashScript,
  zsh: (words, coded) => `autoload -U +X bashcompinit\nbashcompinit\n${bashScript(words, coded)}`,
  fish: (words, coded) =>
    [
      ...words.flatMap(([before, next]) => next.map((word) => fishLine(before, word))),
      ...coded.map(fishCodes),
    ].join("\n"),
};

/** Looks the first two words up together, else the first alone. */
function bashScript(words: Words, coded: readonly string[]): string {
  const cases = words.map(([before, next]) => `    "${before}") echo "${next.join(" ")}" ;;`);
  return `_trunk8_next() {
  case "$1" in
${cases.join("\n")}
  esac
}
_trunk8() {
  local current="\${COMP_WORDS[COMP_CWORD]}" first= second= next=
  if [ "$COMP_CWORD" -gt 1 ]; then first="\${COMP_WORDS[1]}"; fi
  if [ "$COMP_CWORD" -gt 2 ]; then second="\${COMP_WORDS[2]}"; fi
  if [ -n "$second" ]; then next="$(_trunk8_next "$first $second")"; fi
  if [ -z "$next" ]; then next="$(_trunk8_next "$first")"; fi
  case "$first $current" in
    *" -"*) ;;
    ${coded.map((name) => `"${name} "*`).join("|")})
      next="$(trunk8 ${CODES_COMMAND} "$current" 2>/dev/null)" ;;
  esac
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -o default -F _trunk8 trunk8`;
}

function fishCodes(name: string): string {
  const codes = `(trunk8 ${CODES_COMMAND} (commandline -ct) 2>/dev/null)`;
  return `complete -c trunk8 -n '${seen(name)}' -f -a '${codes}'`;
}

const isOption = (word: string): boolean => word.startsWith("-");

function fishLine(before: string, word: string): string {
  const condition = before === "" ? "__fish_use_subcommand" : seen(before);
  const what = isOption(word) ? `-l ${word.slice(2)}` : `-a ${word}`;
  return `complete -c trunk8 -n '${condition}' ${what}`;
}

function seen(before: string): string {
  return before
    .split(" ")
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join("; and ");
}
