/** @jsxImportSource #markup */
import { formatCount } from "../../text/format.ts";
import { type Child, html } from "./markup/markup.ts";
import { text } from "./text.en.ts";

/** One column of a chart. */
export interface ChartBar {
  /** What it stands for, as in `3 March`. */
  readonly label: string;
  readonly value: number;
  /** What is said of it beside its value. */
  readonly details?: readonly string[];
  /** Its numbers in the table, one for each column. */
  readonly cells: readonly number[];
}

interface BarChartProps {
  /** What is counted: names the drawing and its table. */
  readonly title: string;
  /** What the values are, as in `visits`. */
  readonly unit: string;
  /** Names of the numbers in the table. */
  readonly columns: readonly string[];
  /** From left to right. */
  readonly bars: readonly ChartBar[];
}

/**
 * Columns drawn by the server, with an axis. What each one stands for shows where one points; with stats.js also by the
 * arrow keys; and all numbers stand in a table for screen readers.
 */
export function BarChart({ title, unit, columns, bars }: BarChartProps) {
  const most = Math.max(0, ...bars.map(({ value }) => value));
  const top = topOf(most);
  const highest = bars.find(({ value }) => value > 0 && value === most);
  const said = highest && text.chart.highest(formatCount(most), highest.label);
  return (
    <figure class="chart" data-chart="">
      <p class="chart-value" data-chart-value="" aria-live="polite">
        {said}
      </p>
      <div class="chart-plot">
        <div class="chart-axis" aria-hidden="true">
          <span>{formatCount(top)}</span>
          <span>{formatCount(top / 2)}</span>
          <span>0</span>
        </div>
        <Drawing
          title={title}
          summary={summaryOf(bars, unit, said)}
          unit={unit}
          bars={bars}
          top={top}
        />
      </div>
      <div class="chart-scale" aria-hidden="true">
        {labelsOf(bars).map((label) => (
          <span>{label}</span>
        ))}
      </div>
      <Numbers title={title} columns={columns} bars={bars} />
    </figure>
  );
}

/** The top of the axis: an even number of two digits with zeros, so that its half is whole. */
function topOf(most: number): number {
  const step = 2 * 10 ** Math.max(0, Math.ceil(Math.log10(Math.max(most, 1))) - 2);
  return Math.max(step, Math.ceil(most / step) * step);
}

/** Labels of the scale, spread evenly. */
function labelsOf(bars: readonly ChartBar[]): string[] {
  const last = bars.length - 1;
  const places = bars.length < 5 ? [0, last] : [0, Math.round(last / 2), last];
  return [...new Set(places)].map((place) => bars[place]?.label ?? "");
}

/** In the units of the drawing: width of a bar with the gap beside it, and height of all. */
const PLACE = 10;
const GAP = 2;
const HEIGHT = 100;
/** Least height of a bar that is not zero, so that one visit beside thousands is seen. */
const LEAST = 2;

type DrawingProps = Omit<BarChartProps, "columns"> & {
  readonly summary: string;
  readonly top: number;
};

function Drawing({ title, summary, unit, bars, top }: DrawingProps) {
  const width = bars.length * PLACE;
  return (
    <svg
      viewBox={`0 0 ${width} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-labelledby="chart-title chart-summary"
    >
      <title id="chart-title">{title}</title>
      <desc id="chart-summary">{summary}</desc>
      <path class="chart-line" d={`M0 0H${width}M0 ${HEIGHT / 2}H${width}`} />
      {bars.map((bar, at) => columnOf({ bar, at, unit, top }))}
      <path class="chart-base" d={`M0 ${HEIGHT}H${width}`} />
    </svg>
  );
}

/** @param highest what is said of the highest bar, if there is one */
function summaryOf(bars: readonly ChartBar[], unit: string, highest: string | undefined): string {
  const sum = bars.reduce((total, { value }) => total + value, 0);
  const [from, to] = [bars[0]?.label ?? "", bars.at(-1)?.label ?? ""];
  const range = text.chart.range(formatCount(sum), unit, from, to);
  return highest === undefined ? range : `${range} ${highest}.`;
}

interface ColumnProps {
  readonly bar: ChartBar;
  /** Its place, counted from 0. */
  readonly at: number;
  readonly unit: string;
  readonly top: number;
}

/** The area behind a bar is part of it, so that the number shows wherever above it one points. */
function columnOf({ bar, at, unit, top }: ColumnProps): Child {
  const { label, value, details = [] } = bar;
  const height = value === 0 ? 0 : Math.max(LEAST, Math.round((value / top) * HEIGHT));
  const left = at * PLACE;
  const said = [text.chart.bar(label, formatCount(value), unit), ...details].join(", ");
  return html`<g class="chart-bar"><title>${said}</title><path class="chart-area" d="M${left} 0h${PLACE}v${HEIGHT}h-${PLACE}z"></path><path d="M${left + GAP / 2} ${HEIGHT}v-${height}h${PLACE - GAP}v${height}z"></path></g>`;
}

type NumbersProps = Pick<BarChartProps, "title" | "columns" | "bars">;

/** A table alone would keep its height, hidden or not. */
function Numbers({ title, columns, bars }: NumbersProps) {
  return (
    <div class="visually-hidden">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{text.chart.time}</th>
            {columns.map((column) => (
              <th scope="col">{column}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.map(
            ({ label, cells }) =>
              html`<tr><th scope="row">${label}</th>${cells.map((cell) => html`<td>${formatCount(cell)}</td>`)}</tr>`,
          )}
        </tbody>
      </table>
    </div>
  );
}
