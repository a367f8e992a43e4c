import { version } from "../version.ts";
import type { Command } from "./command.ts";
import { formatPairs } from "./format-table.ts";
import { commonOptions } from "./parse-arguments.ts";
import { text } from "./text.en.ts";

/** Describes the program and all its commands, for a screen of `width` columns. */
export function describeProgram(commands: readonly Command[], width: number): string {
  const { tagline, allUsage, more } = text.help;
  return [tagline(version), allUsage, listCommands(commands, width), more].join("\n\n");
}

/** Describes the commands that share their first word, as in `trunk8 user`. */
export function describeGroup(name: string, commands: readonly Command[], width: number): string {
  const { groupUsage, more } = text.help;
  return [groupUsage(name), listCommands(commands, width), more].join("\n\n");
}

/** Describes one command and its options. */
export function describeCommand(command: Command, width: number): string {
  const { synopsis, summary, options, examples = [], isRemote = false } = command;
  const { server, insecure, ...local } = commonOptions;
  const common = isRemote ? { ...local, server, insecure } : local;
  const rows = Object.entries({ ...options, ...common }).map(([name, option]) => {
    const value = "value" in option && option.value !== undefined ? ` ${option.value}` : "";
    return [`--${name}${value}`, option.doc()] as const;
  });
  const parts = [text.help.usage(synopsis), summary(), formatPairs(rows, width)];
  if (examples.length > 0) parts.push([text.help.examples, ...examples].join("\n  "));
  return parts.join("\n\n");
}

function listCommands(commands: readonly Command[], width: number): string {
  return formatPairs(
    commands.map(({ synopsis, summary }) => [synopsis, summary()] as const),
    width,
  );
}
