/** @jsxImportSource #markup */
import { isoDate, type Unit, units } from "../../visits/reports/calendar.ts";
import type { Report } from "../../visits/reports/report.ts";
import { ranges } from "../../visits/reports/report-query.ts";
import { Icon } from "../ui/icon.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { addressOf, filtered, type StatsView, without } from "./stats-view.ts";
import { text } from "./text.en.ts";
import { labelOf } from "./value-label.ts";

interface ControlsProps {
  readonly view: StatsView;
  readonly report: Report;
}

/** What chooses the period and its bars, and the filters that are on. */
export function Controls({ view, report }: ControlsProps) {
  return (
    <>
      <div class="stats-controls">
        <nav class="choices" aria-label={text.ranges.label}>
          {ranges.map((range) => (
            <Choice
              href={addressOf(view, { range, unit: null })}
              isChosen={view.query.range === range}
            >
              {text.ranges[range]}
            </Choice>
          ))}
        </nav>
        <Dates view={view} report={report} />
        <nav class="choices" aria-label={text.units.label}>
          {unitsFor(report).map((unit) => (
            <Choice href={addressOf(view, { unit })} isChosen={report.calendar.unit === unit}>
              {text.units[unit]}
            </Choice>
          ))}
        </nav>
      </div>
      <Chips view={view} />
    </>
  );
}

interface ChoiceProps {
  readonly href: string;
  readonly isChosen: boolean;
  readonly children?: Child;
}

function Choice({ href, isChosen, children }: ChoiceProps) {
  return (
    <a class="btn btn-sm btn-quiet" href={href} aria-current={isChosen ? "true" : undefined}>
      {children}
    </a>
  );
}

/** The units that fit the period: neither one bar nor hundreds. */
function unitsFor({ calendar: { firstDay, lastDay } }: Report): readonly Unit[] {
  const days = lastDay - firstDay + 1;
  const fits = {
    hour: days <= 7,
    day: days > 1 && days <= 390,
    week: days > 13 && days <= 1000,
    month: days > 59,
  };
  return units.filter((unit) => fits[unit]);
}

/** Two dates, with the filters as they are. */
function Dates({ view, report: { calendar } }: ControlsProps) {
  const { filter } = view.query;
  return (
    <details class="stats-dates" open={typeof view.query.range === "object"}>
      <summary class="btn btn-sm btn-quiet">{text.ranges.dates}</summary>
      <form method="get" action={view.path}>
        {Object.entries(filter).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <DateField name="from" day={calendar.firstDay} />
        <DateField name="to" day={calendar.lastDay} />
        <button class="btn btn-sm btn-primary" type="submit">
          {text.ranges.show}
        </button>
      </form>
    </details>
  );
}

function DateField({ name, day }: { readonly name: "from" | "to"; readonly day: number }) {
  return (
    <label>
      {text.ranges[name]}{" "}
      <input
        class="form-control form-control-sm"
        type="date"
        name={name}
        value={isoDate(day)}
        required
      />
    </label>
  );
}

function Chips({ view }: { readonly view: StatsView }) {
  const { filter } = view.query;
  const on = filtered(filter);
  if (on.length === 0) return null;
  return (
    <ul class="chips" aria-label={text.filter.label}>
      {on.map((dimension) => {
        const value = labelOf(dimension, filter[dimension] ?? "");
        const name = text.filter.is(text.dimension[dimension], value);
        return (
          <li>
            <a
              class="btn btn-sm btn-quiet"
              href={addressOf(view, { filter: without(filter, dimension) })}
              aria-label={text.filter.remove(name)}
            >
              <bdi>{name}</bdi> <Icon name="x" />
            </a>
          </li>
        );
      })}
      {on.length > 1 && (
        <li>
          <a class="btn btn-sm btn-quiet" href={addressOf(view, { filter: {} })}>
            {text.filter.all}
          </a>
        </li>
      )}
    </ul>
  );
}

/** What can be downloaded: each table of the page, and single visits. */
export function Downloads({ view, tables }: DownloadsProps) {
  return (
    <details class="menu" data-menu="">
      <summary class="btn btn-quiet">
        <Icon name="download" /> {text.downloads}
      </summary>
      <ul class="menu-list">
        {tables.map(([table, name]) =>
          (["csv", "json"] as const).map((format) => (
            <li>
              <a class="place" href={addressOf(view, {}, { table, format })} download>
                {text.download[format](name)}
              </a>
            </li>
          )),
        )}
      </ul>
    </details>
  );
}

interface DownloadsProps {
  readonly view: StatsView;
  readonly tables: readonly (readonly [table: string, name: string])[];
}
