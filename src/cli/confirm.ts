import { createInterface } from "node:readline";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/** Whether a person can be asked: a script never is. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true;
}

/**
 * Asks at the terminal, on standard error: results may go into a pipe.
 * @throws Problem `bad_request` unless the answer is yes
 */
export async function confirmAtTerminal(question: string): Promise<void> {
  const answer = (await askLine(text.confirm.question(question))).trim().toLowerCase();
  if (answer !== "" && text.confirm.yes.startsWith(answer)) return;
  throw new Problem("bad_request", text.confirm.declined);
}

/** Empty for Ctrl-C and Ctrl-D. */
async function askLine(question: string): Promise<string> {
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise((resolve) => {
      reader.on("SIGINT", () => reader.close());
      reader.on("close", () => resolve(""));
      reader.question(question, resolve);
    });
  } finally {
    reader.close();
  }
}
