import { useEffect, useState } from "react";
import { IconButton } from "../../components/Button";
import type { Axis, Brush, Brushes } from "../../lib/runAxes";
import styles from "./Parallel.module.css";
import { runStrings as strings } from "./runStrings";

interface RangesProps {
  axes: readonly Axis[];
  brushes: Brushes;
  onBrush: (field: string, brush: Brush | undefined) => void;
}

/** The chosen parts of axes as fields to type in, for who would rather not drag. */
export function Ranges({ axes, brushes, onBrush }: RangesProps) {
  return axes.flatMap((axis) => {
    const brush = brushes[axis.field];
    if (!brush) return [];
    return [
      <fieldset key={axis.field} className={styles.range}>
        <legend className="hidden">{strings.rangeOf(axis.key)}</legend>
        <b>{axis.key}</b>
        {axis.texts ? (
          axis.texts.slice(0, MOST).map((text) => (
            <label key={text}>
              <input
                type="checkbox"
                checked={brush.some((part) => part === text)}
                onChange={(event) => {
                  const next = (axis.texts ?? []).filter((one) =>
                    one === text ? event.target.checked : brush.some((part) => part === one),
                  );
                  onBrush(axis.field, next.length ? next : undefined);
                }}
              />
              {text}
            </label>
          ))
        ) : (
          <>
            <End
              label={strings.least(axis.key)}
              value={Number(brush[0])}
              onChange={(low) => onBrush(axis.field, [low, Math.max(low, Number(brush[1]))])}
            />
            –
            <End
              label={strings.greatest(axis.key)}
              value={Number(brush[1])}
              onChange={(high) => onBrush(axis.field, [Math.min(high, Number(brush[0])), high])}
            />
          </>
        )}
        <IconButton
          icon="close"
          label={strings.dropRange(axis.key)}
          onClick={() => onBrush(axis.field, undefined)}
        />
      </fieldset>,
    ];
  });
}

const MOST = 40; // texts

interface EndProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
}

/** An end of a range; it counts when one leaves it or presses Enter. */
function End({ label, value, onChange }: EndProps) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const send = () => {
    const next = Number(text);
    if (text.trim() && Number.isFinite(next)) {
      if (next !== value) onChange(next);
    } else setText(String(value));
  };
  return (
    <input
      type="text"
      inputMode="decimal"
      aria-label={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={send}
      onKeyDown={(event) => event.key === "Enter" && send()}
    />
  );
}
