const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** What the Python Trunk8 showed as a heading, and CommonMark shows as text: no space follows the number signs. */
const HEADING = /^#{1,6}[^#\s]/;

/** Numbers of lines, from 1, of headings that CommonMark shows as text. Code blocks are skipped. */
export function headingsWithoutSpace(source: string): number[] {
  const lines: number[] = [];
  let fence = "";
  for (const [index, line] of source.split(/\r\n?|\n/).entries()) {
    const [, mark = ""] = FENCE.exec(line) ?? [];
    if (fence === "" && mark !== "") fence = mark;
    else if (fence !== "" && mark.startsWith(fence)) fence = "";
    else if (fence === "" && HEADING.test(line)) lines.push(index + 1);
  }
  return lines;
}
