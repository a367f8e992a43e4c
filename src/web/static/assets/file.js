/* The page of a file: lines of a text that the address names, and PDF documents. */

const lines = document.querySelector("[data-lines]");
const band = document.createElement("div");
band.className = "marked-lines";

/** The first and the last line of `#L10` or `#L10-L20`, in their order; null: none. */
function namedLines() {
  const [, first, last = first] = /^#L(\d+)(?:-L?(\d+))?$/.exec(location.hash) ?? [];
  if (first === undefined) return null;
  const ends = [Number(first), Number(last)].sort((a, b) => a - b);
  return document.getElementById(`L${ends[0]}`) === null ? null : ends;
}

function markLines() {
  band.remove();
  for (const number of lines.querySelectorAll(".marked")) number.classList.remove("marked");
  const named = namedLines();
  if (named === null) return;
  const [first, asked] = named;
  const numbers = lines.querySelectorAll(".line-numbers a");
  const last = Math.min(asked, numbers.length);
  for (let line = first; line <= last; line++) numbers[line - 1].classList.add("marked");
  band.style.setProperty("--first", first);
  band.style.setProperty("--lines", last - first + 1);
  lines.append(band);
  numbers[first - 1].scrollIntoView({ block: "center", inline: "nearest" });
}

/** A click with the shift key names all lines from the last clicked one on. */
function extendRange(event) {
  const number = event.target.closest(".line-numbers a");
  const named = namedLines();
  if (number === null || named === null || !event.shiftKey) return;
  event.preventDefault();
  location.hash = `#L${named[0]}-${number.id}`;
}

if (lines !== null) {
  addEventListener("hashchange", markLines);
  lines.addEventListener("click", extendRange);
  markLines();
}

/* A browser without a viewer would download the file at once. */
const pdf = document.querySelector("template[data-pdf]");
if (pdf !== null && navigator.pdfViewerEnabled) pdf.parentElement.replaceChildren(pdf.content);
