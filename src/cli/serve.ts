import { ADMIN_USERNAME } from "../accounts/user.ts";
import { type App, openApp } from "../app.ts";
import { writeFirstConfig } from "../config/firstfile.ts";
import { type ListenAddress, parseListen } from "../config/listen.ts";
import { LiveSettings } from "../config/live.ts";
import { openLog, setLogLevel } from "../ops/log.ts";
import { Problem } from "../problem.ts";
import { addExamples } from "../server/examples.ts";
import { type RunningServer, startServer } from "../server/serve.ts";
import { version } from "../version.ts";
import { type Command, type Invocation, printResult } from "./command.ts";
import { moveInAtStart } from "./movein.ts";
import { prepareDataFolder } from "./opening.ts";
import { reachableOrigins } from "./origin.ts";

/** Its event order and its file functions are what Trunk8 is tested on. */
const OLDEST_BUN = "1.4.5";

export const serve: Command = {
  synopsis: "serve [OPTIONS]",
  summary: "Run the site.",
  words: [0, 0],
  options: {
    listen: { value: "ADDRESS", doc: "HOST:PORT or unix:PATH (default 0.0.0.0:5001)" },
  },
  run: runServer,
};

async function runServer(invocation: Invocation): Promise<void> {
  refuseOldBun();
  prepareDataFolder(invocation.dataFolder);
  await moveInAtStart(invocation);
  const app = await openServingApp(invocation);
  const listen = parseListen(app.live.current["server.listen"]);
  const firstPassword = await app.users.makeFirstPassword();
  const server = await startOrExplain(app, listen);
  // Listened for before anybody knows that it runs.
  const stopped = stopOnSignal();
  printResult(describeStart(app, listen, server, firstPassword));
  await stopped;
  app.log.info("Stopping: requests under way are finished first.");
  await server.stop();
}

async function openServingApp({ dataFolder, env, option }: Invocation): Promise<App> {
  await writeFirstConfig(dataFolder);
  const listen = option("listen");
  const flags = listen === undefined ? {} : { "server.listen": listen };
  const log = openLog("info");
  const live = await LiveSettings.start({ dataFolder, env, flags, log });
  setLogLevel(log, live.current["log.level"]);
  live.onChange((now) => setLogLevel(log, now["log.level"]));
  const app = await openApp({ live, log });
  if (app.isNew && live.current["app.examples"]) await addExamples(app);
  return app;
}

async function startOrExplain(app: App, listen: ListenAddress): Promise<RunningServer> {
  try {
    return startServer(app, listen);
  } catch (error) {
    await app.close();
    const place = "unix" in listen ? listen.unix : `${listen.hostname}:${listen.port}`;
    throw new Problem("internal", `Cannot listen on ${place}: is another program there already?`, {
      cause: error,
    });
  }
}

function describeStart(
  app: App,
  listen: ListenAddress,
  { port }: RunningServer,
  firstPassword: string | null,
): string {
  const places =
    "unix" in listen
      ? [`unix:${listen.unix}`]
      : reachableOrigins(listen.hostname, port ?? listen.port);
  const [first, ...others] = places;
  return [
    `Trunk8 ${version} is running.`,
    "",
    `  On this machine:  ${first}`,
    ...others.map((place) => `  On your network:  ${place}`),
    "",
    ...describeSignIn(app, firstPassword),
    "",
  ].join("\n");
}

function describeSignIn(app: App, firstPassword: string | null): string[] {
  if (firstPassword !== null) {
    return [
      `Sign in with the user name left empty (or "${ADMIN_USERNAME}") and this password:`,
      "",
      `  ${firstPassword}`,
      "",
      "It is shown only this once; change it on the profile page.",
    ];
  }
  if (app.users.passwordIsFromEnvironment({ username: ADMIN_USERNAME })) {
    return ["Sign in with the user name left empty and the password in TRUNK8_ADMIN_PASSWORD."];
  }
  return ["Sign in with the user name left empty. Password forgotten? trunk8 user passwd admin"];
}

function stopOnSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve());
  });
}

function refuseOldBun(): void {
  if (Bun.semver.order(Bun.version, OLDEST_BUN) >= 0) return;
  throw new Problem("internal", `Bun ${Bun.version} is too old: ${OLDEST_BUN} or newer is needed.`);
}
