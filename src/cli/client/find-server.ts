import { existsSync } from "node:fs";
import { Problem } from "../../problem.ts";
import type { Invocation } from "../command.ts";
import { parseServer, type Server } from "./server.ts";
import { readStoredServer } from "./stored-server.ts";
import { text } from "./text.en.ts";

/**
 * The site that a command is for; null: the data folder of this machine. A data folder that is named, or that is here,
 * comes before the site of `trunk8 login`.
 */
export function findServer({ option, has, env, dataFolder }: Invocation): Server | null {
  const given = option("server");
  if (given === undefined) {
    const isLocal = option("data") !== undefined || env.TRUNK8_DATA || existsSync(dataFolder);
    return isLocal ? null : readStoredServer(env);
  }
  const origin = parseServer(given, has("insecure"));
  if (env.TRUNK8_KEY) return { origin, key: env.TRUNK8_KEY.trim() };
  const stored = readStoredServer(env);
  if (stored?.origin === origin) return stored;
  throw new Problem("unauthenticated", text.noKey(origin));
}
