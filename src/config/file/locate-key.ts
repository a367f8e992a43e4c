/** Position in a text; lines and columns count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const HEADER = /^\s*\[+([^\]#]+)\]/;
const ASSIGNMENT = /^([^=#]+)=\s*/;

/**
 * Finds where a valid TOML document sets `key` (`section.name`), which the parser does not report. For a value in an
 * inline table it returns the position of the table.
 */
export function locate(text: string, key: string): Place {
  let section = "";
  for (const [index, line] of text.split("\n").entries()) {
    const header = plainKey(HEADER.exec(line)?.[1]);
    if (header === key) return { line: index + 1, column: 1 };
    section = header ?? section;
    const [upToValue = "", name] = ASSIGNMENT.exec(line) ?? [];
    if (isWithin(key, section, plainKey(name))) {
      return { line: index + 1, column: upToValue.length + 1 };
    }
  }
  return { line: 1, column: 1 };
}

function isWithin(key: string, section: string, name: string | undefined): boolean {
  const assigned = section === "" ? name : `${section}.${name}`;
  return name !== undefined && (key === assigned || key.startsWith(`${assigned}.`));
}

/** A key without the quotes and blanks it may be written with. */
function plainKey(written: string | undefined): string | undefined {
  return written?.replace(/["'\s]/g, "");
}
