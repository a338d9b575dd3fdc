import { useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { LogSwitches } from "../../components/LogAxes";
import { Segments, Switch } from "../../components/Segments";
import styles from "./Charts.module.css";
import { strings } from "./strings";
import { type ChartView, rangeOf } from "./view";

interface ChartBarProps {
  view: ChartView;
  onView: (change: Partial<ChartView>) => void;
  /** Whether runs go on; their charts may follow them. */
  live: boolean;
  following: boolean;
  onFollow: (on: boolean) => void;
}

const AXES = Object.entries(strings.axes) as ["step" | "time" | "relative", string][];
const PAUSE = 120; // milliseconds until the slider counts

/** What holds for all charts of a page. */
export function ChartBar({ view, onView, live, following, onFollow }: ChartBarProps) {
  return (
    <div className={styles.bar}>
      <Segments
        label={strings.x}
        value={view.x ?? "step"}
        choices={AXES}
        onChoose={(x) =>
          onView({ x: x === "step" ? undefined : x, from: undefined, to: undefined })
        }
      />
      <span className={styles.switches}>
        <LogSwitches value={view.log} onChange={(log) => onView({ log })} />
        <Switch
          on={view.as === "table"}
          onChange={(on) => onView({ as: on ? "table" : undefined })}
        >
          {strings.tables}
        </Switch>
      </span>
      <Smoothing value={view.smooth ?? 0} onChange={(n) => onView({ smooth: n || undefined })} />
      {rangeOf(view) && (
        <Button icon="zoomOut" onClick={() => onView({ from: undefined, to: undefined })}>
          {strings.reset}
        </Button>
      )}
      {live && (
        <button
          type="button"
          className={styles.live}
          aria-pressed={following}
          title={following ? strings.pause : strings.resume}
          onClick={() => onFollow(!following)}
        >
          <span className={styles.dot} />
          {following ? strings.live : strings.paused}
        </button>
      )}
    </div>
  );
}

/** A slider; the address follows when it rests. */
function Smoothing({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const [at, setAt] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setAt(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <label className={styles.smoothing}>
      {strings.smoothing}
      <input
        type="range"
        min={0}
        max={99}
        value={at}
        onChange={(event) => {
          const next = Number(event.target.value);
          setAt(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => onChange(next), PAUSE);
        }}
      />
      <output className="num">{(at / 100).toFixed(2)}</output>
    </label>
  );
}
