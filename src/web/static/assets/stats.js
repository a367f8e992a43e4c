// What a bar of the chart stands for: where one points, and by the arrow keys.

document.addEventListener("pointerover", ({ target }) => {
  const bar = target.closest?.(".chart-bar");
  if (bar) showBar(bar);
});

document.addEventListener("keydown", (event) => {
  const chart = event.target.closest?.("[data-chart] svg");
  if (!chart || event.ctrlKey || event.altKey || event.metaKey) return;
  const bars = [...chart.querySelectorAll(".chart-bar")];
  const at = bars.findIndex((bar) => "shown" in bar.dataset);
  const to = {
    ArrowRight: at + 1,
    ArrowLeft: at < 0 ? bars.length - 1 : at - 1,
    Home: 0,
    End: bars.length - 1,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  showBar(bars[Math.min(Math.max(to, 0), bars.length - 1)]);
});

function showBar(bar) {
  const chart = bar?.closest("[data-chart]");
  if (!chart) return;
  for (const other of chart.querySelectorAll("[data-shown]")) delete other.dataset.shown;
  bar.dataset.shown = "";
  chart.querySelector("[data-chart-value]").textContent = bar.querySelector("title").textContent;
}

function prepare() {
  for (const drawing of document.querySelectorAll("[data-chart] svg")) drawing.tabIndex = 0;
}

prepare();
document.addEventListener("htmx:after:swap", prepare);
