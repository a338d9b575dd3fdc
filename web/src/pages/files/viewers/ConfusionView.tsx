import { useMemo, useState } from "react";
import { Segments } from "../../../components/Segments";
import { type Drawing, Sketch, type Space } from "../../../components/Sketch";
import { cut } from "../../../lib/fit";
import { grouped, short } from "../../../lib/number";
import { accuracyOf, type Confusion, precisionOf, shareOf } from "../confusion";
import { strings as all } from "../strings";
import styles from "./viewers.module.css";

const strings = all.confusion;
const LEFT = 120; // pixels for the names of the rows
const TOP = 44;
const WIDEST = 120; // pixels of a cell
const FEW = 20; // classes whose counts are written
const NAMED = 40; // classes whose names are
const DARKEST = 0.5; // so that what is written stays readable

/** A confusion matrix: each row is a class, and what its members were taken for. */
export default function ConfusionView({ found, name }: { found: Confusion; name: string }) {
  const [shares, setShares] = useState(false);
  const { labels, counts } = found;
  const size = labels.length;
  const drawing = useMemo(() => drawingOf(found, shares), [found, shares]);
  const { all, share } = accuracyOf(found);
  return (
    <div className={styles.confusion}>
      <div className={styles.tools}>
        <Segments<"counts" | "shares">
          label={strings.cells}
          value={shares ? "shares" : "counts"}
          choices={[
            ["counts", strings.counts],
            ["shares", strings.shares],
          ]}
          onChoose={(next) => setShares(next === "shares")}
        />
        <span className="num">{strings.accuracy(percent(share), number(all))}</span>
      </div>
      <Sketch
        title={name}
        summary={strings.summary(size, percent(share))}
        height={TOP + size * Math.max(Math.min(Math.floor(440 / size), 56), 12)}
        drawing={drawing}
        heads={[strings.actual, ...labels]}
        rows={() => labels.map((label, i) => [label, ...(counts[i] ?? []).map(number)])}
      />
    </div>
  );
}

const number = (count: number) => (Number.isInteger(count) ? grouped(count) : short(count));
const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

function drawingOf(found: Confusion, shares: boolean): Drawing {
  const { labels, counts } = found;
  const size = labels.length;
  const cell = ({ width, height }: Space) => ({
    wide: Math.min((width - LEFT) / size, WIDEST),
    tall: (height - TOP) / size,
  });
  const split = (thing: number) => [Math.floor(thing / size), thing % size] as const;
  return {
    count: size * size,
    said: (thing) => {
      const [row, column] = split(thing);
      const share = shareOf(found, row, column);
      const [actual = "", predicted = ""] = [labels[row], labels[column]];
      const parts = [
        strings.taken(actual, predicted),
        strings.count(number(counts[row]?.[column] ?? 0)),
        strings.ofActual(percent(share), actual),
      ];
      return row === column
        ? [...parts, strings.precision(percent(precisionOf(found, row)), actual)]
        : parts;
    },
    *draw(pen, space) {
      const { wide, tall } = cell(space);
      const { colour } = space;
      const soft = { fill: colour("--ink-soft") };
      pen.text(strings.predicted, LEFT + (wide * size) / 2, 10, {
        ...soft,
        align: "center",
        bold: true,
      });
      pen.text(strings.actual, 10, TOP + (tall * size) / 2, {
        ...soft,
        align: "center",
        bold: true,
        turned: true,
      });
      for (const [row, label] of labels.entries()) {
        const y = TOP + row * tall;
        if (size <= NAMED) {
          pen.text(cut(label, 15), LEFT - 6, y + tall / 2, { ...soft, align: "right" });
          const most = Math.floor(wide / 7);
          const at = LEFT + (row + 0.5) * wide;
          if (most > 1) pen.text(cut(label, most), at, TOP - 10, { ...soft, align: "center" });
        }
        for (const column of labels.keys()) {
          const share = shareOf(found, row, column);
          const x = LEFT + column * wide;
          pen.rect(x, y, wide - 1, tall - 1, { fill: colour("--line"), alpha: 0.35 });
          pen.rect(x, y, wide - 1, tall - 1, { fill: colour("--accent"), alpha: DARKEST * share });
          if (size > FEW) continue;
          const text = shares ? percent(share) : number(counts[row]?.[column] ?? 0);
          const look = { fill: colour("--ink"), align: "center", bold: row === column } as const;
          pen.text(cut(text, Math.floor(wide / 6)), x + wide / 2, y + tall / 2, look);
        }
        yield;
      }
    },
    mark(pen, thing, space) {
      const [row, column] = split(thing);
      const { wide, tall } = cell(space);
      const stroke = space.colour("--ink");
      pen.rect(LEFT + column * wide, TOP + row * tall, wide - 1, tall - 1, { stroke, width: 2 });
    },
    at: (x, y, space) => {
      const { wide, tall } = cell(space);
      const [column, row] = [Math.floor((x - LEFT) / wide), Math.floor((y - TOP) / tall)];
      const inside = column >= 0 && column < size && row >= 0 && row < size;
      return inside ? row * size + column : undefined;
    },
  };
}
