import { formatAlternatives } from "../../../text/format.ts";
import { type Command, printResult, usageProblem } from "../../command.ts";
import { commonOptions } from "../../parse-arguments.ts";
import { completionScripts, type Words } from "./completion-scripts.ts";
import { text } from "./text.en.ts";

type NamedCommand = Command & { readonly name: string };

/** `trunk8 completion`, for the commands that there are. */
export function completionOf(listCommands: () => Promise<NamedCommand[]>): Command {
  const shells = formatAlternatives(Object.keys(completionScripts));
  return {
    synopsis: "completion SHELL",
    summary: () => text.summary(shells),
    words: [1, 1],
    examples: ["trunk8 completion bash >~/.trunk8.bash", "trunk8 completion fish | source"],
    options: {},
    run: async ({ positionals: [shell = ""] }) => {
      const script = Object.hasOwn(completionScripts, shell) ? completionScripts[shell] : undefined;
      if (script === undefined) throw usageProblem(text.unknownShell(shells));
      const all = await listCommands();
      printResult(
        script(
          wordsOf(all),
          all.filter(takesCodes).map(({ name }) => name),
        ),
      );
    },
  };
}

/** Whether its first argument is the short code of a link that there is. */
function takesCodes({ name, synopsis }: NamedCommand): boolean {
  return synopsis.startsWith(`${name} CODE`) && !synopsis.includes("|FILE") && !name.includes(" ");
}

/** What may follow each beginning of a command: the next word of a name, or options. */
function wordsOf(commands: readonly NamedCommand[]): Words {
  const words = new Map<string, Set<string>>();
  const add = (before: string, word: string) =>
    words.set(before, (words.get(before) ?? new Set()).add(word));
  for (const { name, options } of commands) {
    const [first = "", second] = name.split(" ");
    add("", first);
    if (second !== undefined) add(first, second);
    for (const option of Object.keys({ ...options, ...commonOptions })) add(name, `--${option}`);
  }
  return [...words].map(([before, next]) => [before, [...next]]);
}
