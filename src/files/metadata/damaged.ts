import { invalid, type Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

/** The refusal of an image whose parts are not as its format has them: metadata might stay in it. */
export function damaged(): Problem {
  return invalid("file", text.metadataStays);
}
