import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { metricsIn } from "../../api/experiments";
import { Button } from "../../components/Button";
import { keep, kept } from "../../state/store";
import styles from "./Experiments.module.css";
import { strings } from "./strings";

const PINNED = "experiments.metric"; // what this browser keeps: the metric that was pinned last

interface BestOfProps {
  metric: string | undefined;
  /** The experiments on screen, whose metrics are offered. */
  ids: () => readonly string[];
  onPin: (metric: string | undefined) => void;
}

/** Pins a metric, whose best stands beside each experiment; the browser keeps it for the next time. */
export function BestOf({ metric = "", ids, onPin }: BestOfProps) {
  const id = useId();
  const [text, setText] = useState(metric);
  const [looked, setLooked] = useState<readonly string[]>();
  const offered = useQuery({ ...metricsIn(looked ?? []), enabled: Boolean(looked?.length) });
  const pin = (key: string) => {
    keep(PINNED, key);
    onPin(key || undefined);
  };
  useEffect(() => setText(metric), [metric]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the page opens
  useEffect(() => {
    const before = kept(PINNED, "");
    if (!metric && typeof before === "string" && before) onPin(before);
  }, []);
  return (
    <form
      className={styles.pin}
      onSubmit={(event) => {
        event.preventDefault();
        pin(text.trim());
      }}
    >
      <label htmlFor={id}>{strings.best.label}</label>
      <input
        id={id}
        list={`${id}-keys`}
        value={text}
        placeholder={strings.best.none}
        title={strings.best.hint}
        spellCheck={false}
        autoComplete="off"
        onFocus={() => setLooked(ids())}
        onChange={({ target }) => {
          setText(target.value);
          if (offered.data?.includes(target.value)) pin(target.value);
        }}
        onBlur={() => setText(metric)}
      />
      <datalist id={`${id}-keys`}>
        {offered.data?.map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
      {metric && (
        <Button kind="quiet" onClick={() => pin("")}>
          {strings.best.unpin(metric)}
        </Button>
      )}
    </form>
  );
}
