import { catalogue } from "./catalogue.ts";

/** Texts that several modules show. */
export const text = catalogue({
  exhausted: "The server is short of files or memory. Try again in a moment.",
  internalError: "Internal error.",
  input: {
    required: "This field is required.",
    wrongType: (expected: string) => `Expected: ${expected}.`,
    chooseOneOf: (values: string) => `Choose one of: ${values}.`,
    unknownField: "Unknown field.",
    noObject: "Send a JSON object.",
  },
  key: {
    inPerson: "An API key cannot do this. Sign in instead.",
    insufficientScope: (scope: string) => `This API key needs the scope ${scope}.`,
  },
  size: {
    KB: (size: string) => `${size} KB`,
    MB: (size: string) => `${size} MB`,
    GB: (size: string) => `${size} GB`,
    TB: (size: string) => `${size} TB`,
    PB: (size: string) => `${size} PB`,
  },
});
