import { isatty } from "node:tty";
import pino from "pino";
import type { AddressForm } from "../os/ip-network.ts";
import { ecsFields } from "./ecs-fields.ts";
import { harmlessLine, readableLine } from "./log-line.ts";
import { currentTrace } from "./trace.ts";

export type Logger = pino.Logger;

/** Levels by the names of `log.level`, and pino's for them. */
const levels = {
  debug: "debug",
  info: "info",
  warning: "warn",
  error: "error",
  critical: "fatal",
} as const;

export type LogLevel = keyof typeof levels;

/** What a log is like; it may be changed while the log is used. */
export interface LogOptions {
  clientAddress: AddressForm;
  /** Name of this node, in each line; absent: none. */
  node?: string;
}

const STDERR = 2;

/** Bytes that wait for a slow reader; what comes on top is left out. */
const LONGEST_WAIT = 16_777_216;

/**
 * Lines on standard error, written without holding up the thread that logs: JSON with the names of the Elastic Common
 * Schema, or for people where that is a terminal.
 */
export function openLog(level: LogLevel, manner: LogOptions = { clientAddress: "short" }): Logger {
  const destination = pino.destination({
    dest: STDERR,
    sync: false,
    minLength: 0,
    maxLength: LONGEST_WAIT,
  });
  destination.on("error", () => {}); // a full disk or a reader that is gone: what cannot be written is left out
  const asWritten = isatty(STDERR) ? readableLine : harmlessLine;
  return writeLog(level, manner, (line) => destination.write(asWritten(line)));
}

/** A log that passes each line, as JSON, to `write`. */
export function writeLog(
  level: LogLevel,
  manner: LogOptions,
  write: (line: string) => void,
): Logger {
  const options: pino.LoggerOptions = {
    level: levels[level],
    base: { "ecs.version": "8.17.0" },
    messageKey: "message",
    timestamp: () => `,"@timestamp":"${new Date().toISOString()}"`,
    mixin: () => ({ requestId: currentTrace()?.id, node: manner.node }),
    formatters: {
      level: (name) => ({ "log.level": nameOfLevel(name) }),
      bindings: (bindings) => bindings,
      log: (facts) => ecsFields(facts, manner.clientAddress),
    },
  };
  return pino(options, { write });
}

function nameOfLevel(name: string): string {
  const [ours = name] = Object.entries(levels).find(([, theirs]) => theirs === name) ?? [];
  return ours;
}

export function setLogLevel(log: Logger, level: LogLevel): void {
  log.level = levels[level];
}

/** For tests and commands that say everything themselves. */
export function silentLog(): Logger {
  return pino({ level: "silent" });
}
