import { join } from "node:path";
import { until } from "../until.ts";
import { PROGRAM_FILE } from "./program-file.ts";

/** The program at a terminal of its own (a pseudo-terminal), typed at by a test. */
export interface AtTerminal {
  /** Everything that the terminal has shown so far. */
  shown(): string;
  type(keys: string): void;
  /** Waits until the terminal shows `text`. */
  shows(text: string): Promise<void>;
  readonly exited: Promise<number>;
}

/** Columns of the terminal. */
export const WIDTH = 80;

interface TerminalOptions {
  readonly cols?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a command in `folder`, whose data folder is `data`, at a terminal. */
export function callAtTerminal(
  folder: string,
  words: readonly string[],
  { cols = WIDTH, env = {} }: TerminalOptions = {},
): AtTerminal {
  let shown = "";
  const decoder = new TextDecoder();
  const child = Bun.spawn([process.execPath, PROGRAM_FILE, ...words], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      TERM: "xterm",
      TRUNK8_DATA: join(folder, "data"),
      TRUNK8_OPS_LISTEN: "",
      ...env,
    },
    terminal: {
      cols,
      rows: 24,
      data: (_, data) => {
        shown += decoder.decode(data, { stream: true });
      },
    },
  });
  return {
    shown: () => shown,
    type: (keys) => child.terminal?.write(keys),
    shows: async (text) => {
      await until(() => shown.includes(text), { what: `"${text}" shown`, seconds: 20 });
    },
    exited: child.exited.finally(() => child.terminal?.close()),
  };
}
