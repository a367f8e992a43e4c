import { closeSync, mkdirSync, openSync, write } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { Problem } from "../problem.ts";

/** Lines are written together when they come to so many characters, or after a second. */
const TOGETHER = 32_768;
const WRITE_MS = 1000;

/** Characters that wait for a slow disk; what comes on top is left out. */
const LONGEST_WAIT = 16_777_216;

const STDOUT = 1;

const writeBytes = promisify(write);

/** A file that lines are added to, without ever holding up who adds them. What the disk does not take is left out. */
export class LineFile {
  readonly #path: string;
  readonly #timer: Timer;
  #file: number;
  #isClosed = false;
  #waiting = "";
  /** Characters that are not written yet. */
  #length = 0;
  /** Writes and changes of the file, one after another. */
  #turn: Promise<void> = Promise.resolve();

  /**
   * @param path a file, made if it is missing; `-` is standard output
   * @throws Problem `internal` where it cannot be written
   */
  constructor(path: string) {
    this.#path = path;
    this.#file = openFile(path);
    this.#timer = setInterval(() => this.#flush(), WRITE_MS).unref();
  }

  /** @param line with its end */
  add(line: string): void {
    if (this.#length + line.length > LONGEST_WAIT) return;
    this.#waiting += line;
    this.#length += line.length;
    if (this.#waiting.length >= TOGETHER) this.#flush();
  }

  /** Goes on in a new file of the same name, after the old one was moved away; where there can be none, in the old one. */
  reopen(): void {
    if (this.#path === "-") return;
    this.#flush();
    this.#inTurn(async () => {
      const file = openFile(this.#path);
      closeSync(this.#file);
      this.#file = file;
    });
  }

  /** Writes what there is, and lets go of the file. Once is enough. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#flush();
    this.#inTurn(async () => {
      if (this.#path !== "-" && !this.#isClosed) closeSync(this.#file);
      this.#isClosed = true;
    });
    await this.#turn;
  }

  #flush(): void {
    const text = this.#waiting;
    this.#waiting = "";
    this.#inTurn(async () => {
      this.#length -= text.length;
      await this.#write(text);
    });
  }

  #inTurn(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch(() => {});
  }

  async #write(text: string): Promise<void> {
    let bytes = Buffer.from(text);
    while (bytes.length > 0) {
      const { bytesWritten } = await writeBytes(this.#file, bytes);
      bytes = bytes.subarray(bytesWritten);
    }
  }
}

function openFile(path: string): number {
  if (path === "-") return STDOUT;
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, "a", 0o640);
  } catch (cause) {
    throw new Problem("internal", `The log ${path} cannot be written.`, { cause });
  }
}
