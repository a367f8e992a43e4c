import { catalogue } from "../../text/catalogue.ts";

/** Texts of `trunk8 serve`: its help and what it prints when the site runs. */
export const text = catalogue({
  summary: "Run the site.",
  listen: "HOST:PORT or unix:PATH (default 0.0.0.0:5001)",
  workers:
    "number of processes that answer requests, plus one that supervises them (default: a single process)",
  workerListen: "where to listen",
  workerByHand: "trunk8 serve starts the workers. Use trunk8 serve --workers N.",
  bunTooOld: (found: string, oldest: string) =>
    `Bun ${found} is too old. Trunk8 needs Bun ${oldest} or newer.`,

  failed: (reason: string) => `The server failed: ${reason} See the log for details.`,
  running: (version: string) => `Trunk8 ${version} is running.`,
  publicUrl: "Public URL:",
  socket: "Socket:",
  thisMachine: "On this machine:",
  network: "On your network:",
  signIn: {
    firstPassword: (username: string) =>
      `Sign in with this password and an empty user name (or "${username}"):`,
    shownOnce: "It is shown only once. Change it on the profile page.",
    environment: "Sign in with an empty user name and the password in TRUNK8_ADMIN_PASSWORD.",
    known:
      "Sign in with an empty user name. If you forgot the password, run trunk8 user passwd admin.",
  },

  /** health.ts */
  health: {
    summary: "Ask the server on this machine whether it can answer links; exit code 1 if not.",
    ready: "Ready.",
    silent: (url: string, reason: string) => `${url} does not answer: ${reason}`,
    unready: (url: string, status: number) => `Not ready: ${url} answers ${status}.`,
  },
});
