import pino from "pino";

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

/** JSON lines on standard error, written without holding up the thread that logs. */
export function openLog(level: LogLevel): Logger {
  const destination = pino.destination({ dest: 2, sync: false, minLength: 0 });
  return pino(
    { level: levels[level], base: null, timestamp: pino.stdTimeFunctions.isoTime },
    destination,
  );
}

export function setLogLevel(log: Logger, level: LogLevel): void {
  log.level = levels[level];
}

/** For tests and commands that say everything themselves. */
export function silentLog(): Logger {
  return pino({ level: "silent" });
}
