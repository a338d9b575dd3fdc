import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { XAxis } from "../../api/series";
import { Button } from "../../components/Button";
import { Choice, type ChoiceGroup } from "../../components/Choice";
import { LogSwitches } from "../../components/LogAxes";
import { Segments, Switch } from "../../components/Segments";
import type { Spread } from "../../lib/bands";
import styles from "./Charts.module.css";
import { strings } from "./strings";
import { type ChartView, rangeOf } from "./view";

interface ChartBarProps {
  view: ChartView;
  /** The metrics that x can be. */
  keys: readonly string[];
  /** The params and tags by which runs can be grouped, and the one that they are by. */
  fields: readonly string[];
  by: string | undefined;
  onView: (change: Partial<ChartView>) => void;
  /** Whether runs go on; their charts may follow them. */
  live: boolean;
  following: boolean;
  onFollow: (on: boolean) => void;
  /** What else there is to do. */
  children?: ReactNode;
}

const AXES = Object.entries(strings.axes) as [XAxis, string][];
const SPREAD_NAMES = Object.entries(strings.spreads) as [Spread, string][];
const MOST_OFFERED = 200; // keys
const PAUSE = 120; // milliseconds until the slider counts

/** What holds for all charts of a page. */
export function ChartBar(props: ChartBarProps) {
  const { keys, live, following, onFollow } = props;
  return (
    <div className={styles.bar}>
      {keys.length > 0 && <Controls {...props} />}
      {props.children}
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

type ControlsProps = Pick<ChartBarProps, "view" | "keys" | "fields" | "by" | "onView">;

/** How the charts of the metrics are drawn. */
function Controls({ view, keys, fields, by, onView }: ControlsProps) {
  const [first = ""] = keys;
  return (
    <>
      <Segments
        label={strings.x}
        value={view.x ?? "step"}
        choices={keys.length > 1 ? AXES : AXES.slice(0, 3)}
        onChoose={(x) =>
          onView({
            x: x === "step" ? undefined : x,
            xk: x === "metric" ? first : undefined,
            from: undefined,
            to: undefined,
          })
        }
      />
      {view.x === "metric" && (
        <MetricField
          keys={keys}
          value={view.xk ?? ""}
          onChoose={(xk) => onView({ xk, from: undefined, to: undefined })}
        />
      )}
      <span className={styles.switches}>
        <LogSwitches value={view.log} onChange={(log) => onView({ log })} />
        <Switch
          on={view.as === "table"}
          onChange={(on) => onView({ as: on ? "table" : undefined })}
        >
          {strings.tables}
        </Switch>
        <Switch
          on={view.clip === true}
          title={strings.clipHint}
          onChange={(on) => onView({ clip: on || undefined })}
        >
          {strings.clip}
        </Switch>
      </span>
      <Smoothing value={view.smooth ?? 0} onChange={(n) => onView({ smooth: n || undefined })} />
      {fields.length > 0 && (
        <Choice
          label={strings.by}
          value={by ?? ""}
          groups={offered(fields)}
          onChoose={(field) => onView({ by: field || undefined })}
        />
      )}
      {by !== undefined && (
        <Segments
          label={strings.spread}
          value={view.band ?? "sd"}
          choices={SPREAD_NAMES}
          onChoose={(band) => onView({ band: band === "sd" ? undefined : band })}
        />
      )}
      {rangeOf(view) && (
        <Button icon="zoomOut" onClick={() => onView({ from: undefined, to: undefined })}>
          {strings.reset}
        </Button>
      )}
    </>
  );
}

function offered(fields: readonly string[]): ChoiceGroup[] {
  const of = (kind: string) => fields.filter((field) => field.startsWith(kind));
  const options = (some: readonly string[], kind: string) =>
    some.map((value) => ({ value, text: value.slice(kind.length).replaceAll("`", "") }));
  return [
    { options: [{ value: "", text: strings.noGroups }] },
    { label: strings.params, options: options(of("params."), "params.") },
    { label: strings.tags, options: options(of("tags."), "tags.") },
  ];
}

interface MetricFieldProps {
  keys: readonly string[];
  value: string;
  onChoose: (key: string) => void;
}

/** A metric by its key, completed as one types; it counts when there is one. */
function MetricField({ keys, value, onChoose }: MetricFieldProps) {
  const id = useId();
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const part = text.toLowerCase();
  const fitting = keys.filter((key) => text === value || key.toLowerCase().includes(part));
  return (
    <label className={styles.metric}>
      {strings.xMetric}
      <input
        type="text"
        list={id}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          if (keys.includes(event.target.value)) onChoose(event.target.value);
        }}
        onBlur={() => setText(value)}
      />
      <datalist id={id}>
        {fitting.slice(0, MOST_OFFERED).map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
    </label>
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
