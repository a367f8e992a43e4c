import { requireObject } from "../../../../parse-input.ts";
import { Problem } from "../../../../problem.ts";
import { withClient } from "../../../client/with-client.ts";
import { type Invocation, printResult, usageProblem } from "../../../command.ts";
import { text } from "../../text.en.ts";
import { noteAssumedOrigin, resultOf } from "./add-url.ts";
import { refuseOwner } from "./refuse-owner.ts";

/** Whether an option says what belongs into the JSON. */
function isChosenBesideJson({ option, has }: Invocation, fieldOptions: readonly string[]): boolean {
  return fieldOptions.some((name) => has(name) || option(name) !== undefined);
}

/** Creates links one by one, and prints each result on a line. */
export async function addFromJson(
  invocation: Invocation,
  fieldOptions: readonly string[],
): Promise<void> {
  if (isChosenBesideJson(invocation, fieldOptions))
    throw usageProblem(text.links.add.optionsBesideJson);
  const bodies = parseJson(await Bun.stdin.text());
  await withClient(invocation, async (client) => {
    refuseOwner(client, invocation);
    noteAssumedOrigin(client);
    for (const [at, body] of bodies.entries()) {
      const json = requireObject(body);
      const result = await client.call("createLink", { json }).catch((thrown) => {
        if (!(thrown instanceof Problem)) throw thrown;
        const faults = describeFaults(thrown);
        const message = bodies.length === 1 ? faults : text.links.add.entry(at + 1, faults);
        throw new Problem(thrown.code, message, { cause: thrown });
      });
      printResult(JSON.stringify(resultOf(result)));
    }
  });
}

/** Names each field of the JSON that was refused. */
function describeFaults({ message, fields }: Problem): string {
  const faults = Object.entries(fields).map(([name, fault]) => text.links.add.field(name, fault));
  return faults.length === 0 ? message : faults.join(" ");
}

/** One object, an array of objects, or an object on each line. */
function parseJson(given: string): unknown[] {
  try {
    const whole: unknown = JSON.parse(given);
    return Array.isArray(whole) ? whole : [whole];
  } catch {
    const lines = given.split("\n").filter((line) => line.trim() !== "");
    return lines.map(parseLine);
  }
}

function parseLine(line: string, at: number): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new Problem("bad_request", text.links.add.notJson(at + 1), { cause });
  }
}
