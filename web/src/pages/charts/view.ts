import type { Range, XAxis } from "../../api/series";
import type { LogAxes } from "../../components/LogAxes";
import { SPREADS, type Spread } from "../../lib/bands";
import { choice, compact, type Query, text, texts } from "../../lib/search";
import { type Card, contentOf, readCards } from "./cards";

/** What the charts of a page show; it stands in the address. */
export interface ChartView {
  /** The x axis; steps when absent. */
  x?: XAxis;
  /** The metric of the x axis, where it is one. */
  xk?: string;
  /** The param or tag by which runs are drawn as groups, as a field of the search language. */
  by?: string;
  /** What is around the mean of a group; the standard deviation when absent. */
  band?: Spread;
  /** Whether values far from most are beyond the edges. */
  clip?: true;
  /** Which axes are logarithmic. */
  log?: LogAxes;
  /** How much lines are smoothed, in hundredths. */
  smooth?: number;
  /** Chosen keys, and groups as `prefix/*`; all when absent. */
  keys?: string[];
  /** A part of keys that is looked for. */
  q?: string;
  /** The part of x that is shown. */
  from?: number;
  to?: number;
  /** Images and texts above the charts. */
  cards?: readonly Card[];
  /** Whether points are shown as tables. */
  as?: "table";
}

const MOST = 99; // hundredths of smoothing

export function readView(query: Query): ChartView {
  const [from, to] = [finite(query.from), finite(query.to)];
  const zoomed = from !== undefined && to !== undefined && from < to;
  const xk = text(query, "xk");
  const smooth = Math.min(Math.max(Math.round(finite(query.smooth) ?? 0), 0), MOST);
  return compact({
    x: choice(query, "x", xk === undefined ? ["time", "relative"] : ["time", "relative", "metric"]),
    xk: query.x === "metric" ? xk : undefined,
    by: text(query, "by"),
    band: choice(query, "band", SPREADS.slice(1)),
    clip: query.clip === true ? true : undefined,
    log: choice(query, "log", ["x", "y", "xy"]),
    smooth: smooth || undefined,
    keys: texts(query, "keys"),
    q: text(query, "q"),
    from: zoomed ? from : undefined,
    to: zoomed ? to : undefined,
    cards: readCards(query.cards),
    as: choice(query, "as", ["table"]),
  }) as ChartView;
}

export function rangeOf(view: ChartView): Range | undefined {
  const { from, to } = view;
  return from === undefined || to === undefined ? undefined : [from, to];
}

function finite(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Whether a change is a letter, or a nudge of a slider: that is no place to go back to. */
export function isNudge(change: Partial<Record<keyof ChartView, unknown>>, old: ChartView) {
  if ("q" in change || "smooth" in change) return true;
  const contents = (cards: unknown) => readCards(cards)?.map(contentOf).join("\n");
  return "cards" in change && contents(change.cards) === contents(old.cards);
}
