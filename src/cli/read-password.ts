import { printNote, usageProblem } from "./command.ts";
import { text } from "./commands/text.en.ts";

/** Reads a password from standard input: its first line, or at a terminal what is typed twice without being shown. */
export function readPassword(): Promise<string> {
  return readHidden(async (keys) => {
    const first = await keys.readLine(text.password.prompt);
    const second = await keys.readLine(text.password.repeat);
    if (first !== second) throw usageProblem(text.password.differ);
    return first;
  });
}

/** Reads a secret from standard input: its first line, or at a terminal what is typed without being shown. */
export function readSecret(question: string): Promise<string> {
  return readHidden((keys) => keys.readLine(question));
}

/** The first line of standard input; at a terminal, what `ask` reads. */
async function readHidden(ask: (keys: HiddenKeys) => Promise<string>): Promise<string> {
  if (!process.stdin.isTTY) return firstLine(await Bun.stdin.text());
  const keys = new HiddenKeys();
  try {
    return await ask(keys);
  } finally {
    keys.close();
  }
}

/** Control characters as a terminal in raw mode sends them. */
const ENTER = ["\r", "\n"];
const CANCEL = ["\u0003", "\u0004"];
const BACKSPACE = ["\u007f", "\b"];
const CLEAR_LINE = "\u0015";

/** The keys of a terminal that echoes nothing; what is typed ahead waits for the next question. */
class HiddenKeys {
  readonly #waiting: string[] = [];
  #notify: () => void = () => {};
  #hasEnded = false;

  constructor() {
    process.stdin.setEncoding("utf8");
    process.stdin.setRawMode(true);
    process.stdin.on("data", this.#add).on("end", this.#end).resume();
  }

  /** Asks `question` and returns the line that is typed. */
  async readLine(question: string): Promise<string> {
    process.stderr.write(question);
    const line: string[] = [];
    for (let key = await this.#next(); !ENTER.includes(key); key = await this.#next()) {
      if (CANCEL.includes(key)) throw usageProblem(text.password.cancelled);
      if (BACKSPACE.includes(key)) line.pop();
      else if (key === CLEAR_LINE) line.length = 0;
      else line.push(key);
    }
    printNote("");
    return line.join("");
  }

  close(): void {
    process.stdin.off("data", this.#add).off("end", this.#end).pause();
    process.stdin.setRawMode(false);
  }

  async #next(): Promise<string> {
    while (this.#waiting.length === 0) {
      if (this.#hasEnded) throw usageProblem(text.password.cancelled);
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
      });
    }
    return this.#waiting.shift() ?? "";
  }

  readonly #add = (chunk: string | Buffer): void => {
    this.#waiting.push(...String(chunk));
    this.#notify();
  };

  readonly #end = (): void => {
    this.#hasEnded = true;
    this.#notify();
  };
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? "";
}
