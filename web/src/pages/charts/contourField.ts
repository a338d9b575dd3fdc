import type { Space } from "../../components/Sketch";
import { type Field, levelLine, type Spots, valueBetween } from "../../lib/contour";
import type { Pen } from "../../lib/pen";
import { type Axis, share } from "../../lib/runAxes";
import { BOTTOM, LEFT, placeIn, RIGHT, TOP, ticksOf } from "./frame";
import { seen } from "./inkScale";

const CELL = 12; // pixels, about, of a piece of one colour
const MOST_SPOTS = 2000; // more say nothing more, and take time for each piece
const LEVELS = 8;

/** What a metric is between the runs: in colours, with a line for each level. */
export function* drawField(
  pen: Pen,
  space: Space,
  axes: { x: Axis; y: Axis; z: Axis },
  runs: readonly number[],
  dark: boolean,
) {
  const { x, y, z } = axes;
  const every = Math.ceil(runs.length / MOST_SPOTS);
  const some = runs.filter((_, i) => i % every === 0);
  const places = (axis: Axis) => some.map((run) => share(axis, axis.values[run] as number));
  const spots: Spots = { x: places(x), y: places(y), z: places(z) };
  if (!some.length) return;
  const [width, height] = [space.width - LEFT - RIGHT, space.height - TOP - BOTTOM];
  const columns = Math.max(2, Math.round(width / CELL));
  const rows = Math.max(2, Math.round(height / CELL));
  const [wide, tall] = [width / columns, height / rows];
  const field: Field = { columns, rows, values: new Float64Array(columns * rows) };
  for (let j = 0; j < rows; j += 1) {
    for (let i = 0; i < columns; i += 1) {
      const value = valueBetween(spots, placeIn((i + 0.5) / columns), placeIn((j + 0.5) / rows));
      field.values[j * columns + i] = value;
      // On whole pixels the pieces neither leave paper between them nor lie over each other.
      const [left, right] = [i, i + 1].map((at) => LEFT + Math.round(at * wide)) as [
        number,
        number,
      ];
      const [top, foot] = [rows - j - 1, rows - j].map((at) => TOP + Math.round(at * tall)) as [
        number,
        number,
      ];
      pen.rect(left, top, right - left, foot - top, { fill: seen(value, dark), alpha: 0.85 });
    }
    yield;
  }
  const stroke = space.colour("--surface");
  for (const level of ticksOf(z, LEVELS)) {
    const line = levelLine(field, share(z, level)).map((at, i) =>
      i % 2 ? space.height - BOTTOM - (at + 0.5) * tall : LEFT + (at + 0.5) * wide,
    );
    pen.path(line, { stroke, width: 1.2, alpha: 0.8 });
  }
  yield;
}
