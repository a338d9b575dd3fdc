import { type Brushes, readBrushes } from "../../lib/runAxes";
import { choice, compact, type Query, text, texts } from "../../lib/search";

export const PLOTS = ["parallel", "scatter", "contour", "bar", "box"] as const;
export type PlotKind = (typeof PLOTS)[number];

/** How many runs are drawn, each as one thing; it stands in the address. */
export interface RunView {
  /** What is drawn; parallel axes when absent. */
  plot?: Exclude<PlotKind, "parallel">;
  /** The parallel axes, as fields of the search language. */
  axes?: string[];
  /** Axes whose scale is not the one that they have of their own accord. */
  flip?: string[];
  /** Chosen parts of axes. */
  brush?: Brushes;
  /** What colours stand for; the runs themselves when absent. */
  ink?: string;
  /** What is on the x and the y axis of the other plots. */
  px?: string;
  py?: string;
}

const MOST_AXES = 12;

export function readRunView(query: Query): RunView {
  return compact({
    plot: choice(query, "plot", PLOTS.slice(1)),
    axes: texts(query, "axes")?.slice(0, MOST_AXES),
    flip: texts(query, "flip"),
    brush: readBrushes(query.brush),
    ink: text(query, "ink"),
    px: text(query, "px"),
    py: text(query, "py"),
  }) as RunView;
}
