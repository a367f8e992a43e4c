/** @jsxImportSource #markup */
import { formatCount } from "../../text/format.ts";
import { type Child, html } from "./markup/markup.ts";
import { text } from "./text.en.ts";

/** One column of a chart. */
export interface ChartBar {
  /** What it stands for, as in `3 March`. */
  readonly label: string;
  readonly value: number;
}

interface BarChartProps {
  /** What is counted: names the drawing and its table for screen readers. */
  readonly title: string;
  /** What the values are, as in `visits`. */
  readonly unit: string;
  /** From left to right. */
  readonly bars: readonly ChartBar[];
}

/** Columns drawn by the server; the same numbers stand in a table for screen readers. */
export function BarChart({ title, unit, bars }: BarChartProps) {
  const highest = bars.reduce((most, bar) => (bar.value > most.value ? bar : most), nothing);
  return (
    <figure class="chart">
      <div class="chart-scale" aria-hidden="true">
        {highest.value > 0 && describeHighest(highest)}
      </div>
      <Drawing title={title} unit={unit} bars={bars} highest={highest} />
      <div class="chart-scale" aria-hidden="true">
        <span>{bars[0]?.label}</span>
        {bars.length > 1 && <span>{bars.at(-1)?.label}</span>}
      </div>
      <Numbers title={title} unit={unit} bars={bars} />
    </figure>
  );
}

const nothing: ChartBar = { label: "", value: 0 };

/** In the units of the drawing: width of a bar with the gap beside it, and height of all. */
const PLACE = 10;
const GAP = 2;
const HEIGHT = 100;
/** Least height of a bar that is not zero, so that one visit beside thousands is seen. */
const LEAST = 2;

function Drawing({ title, unit, bars, highest }: BarChartProps & { readonly highest: ChartBar }) {
  const width = bars.length * PLACE;
  return (
    <svg
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-labelledby="chart-title chart-summary"
    >
      <title id="chart-title">{title}</title>
      <desc id="chart-summary">{summaryOf(bars, highest, unit)}</desc>
      {bars.map((bar, at) => columnOf({ bar, at, unit, most: highest.value }))}
      <path class="chart-base" d={`M0 ${HEIGHT}H${width}`} />
    </svg>
  );
}

function summaryOf(bars: readonly ChartBar[], highest: ChartBar, unit: string): string {
  const sum = bars.reduce((total, { value }) => total + value, 0);
  const [from, to] = [bars[0]?.label ?? "", bars.at(-1)?.label ?? ""];
  const range = text.chart.range(formatCount(sum), unit, from, to);
  return sum > 0 ? `${range} ${describeHighest(highest)}.` : range;
}

function describeHighest({ label, value }: ChartBar): string {
  return text.chart.highest(formatCount(value), label);
}

interface ColumnProps {
  readonly bar: ChartBar;
  /** Its place, counted from 0. */
  readonly at: number;
  readonly unit: string;
  readonly most: number;
}

/** The area behind a bar is part of it, so that the number shows wherever above it one points. */
function columnOf({ bar: { label, value }, at, unit, most }: ColumnProps): Child {
  const height = value === 0 ? 0 : Math.max(LEAST, Math.round((value / most) * HEIGHT));
  const left = at * PLACE;
  return html`<g class="chart-bar"><title>${text.chart.bar(label, formatCount(value), unit)}</title><path class="chart-area" d="M${left} 0h${PLACE}v${HEIGHT}h-${PLACE}z"></path><path d="M${left + GAP / 2} ${HEIGHT}v-${height}h${PLACE - GAP}v${height}z"></path></g>`;
}

/** A table alone would keep its height, hidden or not. */
function Numbers({ title, unit, bars }: BarChartProps) {
  return (
    <div class="visually-hidden">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{text.chart.time}</th>
            <th scope="col">{unit}</th>
          </tr>
        </thead>
        <tbody>
          {bars.map(
            ({ label, value }) =>
              html`<tr><th scope="row">${label}</th><td>${formatCount(value)}</td></tr>`,
          )}
        </tbody>
      </table>
    </div>
  );
}
