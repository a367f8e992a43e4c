import { catalogue } from "../text/catalogue.ts";

/** What is wrong with a site. */
export const text = catalogue({
  noAnswer: "No answer in time.",
  stopping: "The server is stopping.",
  visitsBehind: "Visits are waiting to be saved.",
  diskLow: (freeMb: number, floorMb: number, folder: string) =>
    `${freeMb} MB of disk space free at ${folder}; at least ${floorMb} MB needed.`,
});
