import { printNote, usageProblem } from "./command.ts";
import { text } from "./commands/text.en.ts";

/** Reads a password from standard input: its first line, or at a terminal what is typed twice without being shown. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine(await Bun.stdin.text());
  const first = await askHidden(text.password.prompt);
  const second = await askHidden(text.password.repeat);
  if (first !== second) throw usageProblem(text.password.differ);
  return first;
}

/** Asks at the terminal without showing what is typed. */
async function askHidden(question: string): Promise<string> {
  process.stderr.write(question);
  process.stdin.setRawMode(true);
  try {
    return await readKeys();
  } finally {
    process.stdin.setRawMode(false);
    process.stdin.pause();
    printNote("");
  }
}

async function readKeys(): Promise<string> {
  const typed: string[] = [];
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    for (const key of String(chunk)) {
      if (key === "\r" || key === "\n") return typed.join("");
      if (key === "\u0003") throw usageProblem(text.password.cancelled);
      if (key === "\u007f" || key === "\b") typed.pop();
      else typed.push(key);
    }
  }
  return typed.join("");
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}
