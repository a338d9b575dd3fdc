import { type ReactNode, useMemo, useState } from "react";
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

const TALL = 440; // pixels of the cells
const TALLEST = 56; // of a cell

interface ConfusionProps {
  found: Confusion;
  name: string;
}

/** A confusion matrix: each row is a class, and what its members were taken for. */
export default function ConfusionView({ found, name }: ConfusionProps) {
  const [shares, setShares] = useState(false);
  return (
    <div className={styles.confusion}>
      <div className={styles.tools}>
        <CellSwitch shares={shares} onShares={setShares} />
        <Accuracy found={found} />
      </div>
      <Matrix found={found} name={name} shares={shares} />
    </div>
  );
}

interface CellSwitchProps {
  shares: boolean;
  onShares: (on: boolean) => void;
}

/** What is written into the cells. */
export function CellSwitch({ shares, onShares }: CellSwitchProps) {
  return (
    <Segments<"counts" | "shares">
      label={strings.cells}
      value={shares ? "shares" : "counts"}
      choices={[
        ["counts", strings.counts],
        ["shares", strings.shares],
      ]}
      onChoose={(next) => onShares(next === "shares")}
    />
  );
}

interface MatrixProps extends ConfusionProps {
  /** Whether the cells say shares of their rows in place of counts. */
  shares: boolean;
  /** How tall all cells are at most, in pixels. */
  tall?: number;
  /** Behind the name. */
  aside?: ReactNode;
}

/** The drawing of a confusion matrix. */
export function Matrix({ found, name, shares, tall = TALL, aside }: MatrixProps) {
  const { labels, counts } = found;
  const size = labels.length;
  const drawing = useMemo(() => drawingOf(found, shares), [found, shares]);
  return (
    <Sketch
      title={name}
      summary={strings.summary(size, percent(accuracyOf(found).share))}
      height={heightOf(found, tall)}
      drawing={drawing}
      heads={[strings.actual, ...labels]}
      rows={() => labels.map((label, i) => [label, ...(counts[i] ?? []).map(number)])}
      aside={aside}
    />
  );
}

function heightOf({ labels: { length } }: Confusion, tall: number): number {
  return TOP + length * Math.max(Math.min(Math.floor(tall / length), TALLEST), 12);
}

/** How many were taken for what they are. */
export function Accuracy({ found }: { found: Confusion }) {
  const { all, share } = accuracyOf(found);
  return <span className="num">{strings.accuracy(percent(share), number(all))}</span>;
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
