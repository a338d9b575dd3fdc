import { useDeferredValue, useMemo, useState } from "react";
import { linesOf, linesWith } from "../lines";

import { strings } from "../strings";
import { FindBar } from "./FindBar";
import { Lines } from "./Lines";
import styles from "./viewers.module.css";

interface TextViewProps {
  text: string;
  name: string;
  language?: string | undefined;
  /** What is to be known of the text, such as that it is cut. */
  note?: string | undefined;
  line?: number | undefined;
  onLine?: ((line: number) => void) | undefined;
  /** Whether the end is shown, and stays shown when the text grows. */
  atEnd?: boolean;
  /** Whether `/` goes to where a text is looked for. */
  slash?: boolean;
}

const MOST_HITS = 10_000;

/** A text of any length, line by line, with a search. */
export function TextView(props: TextViewProps) {
  const { text, name, language, note, line, onLine, atEnd, slash } = props;
  const lines = useMemo(() => linesOf(text), [text]);
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const wanted = useDeferredValue(typed.toLowerCase());
  const hits = useMemo(() => linesWith(lines, wanted, MOST_HITS), [lines, wanted]);
  const at = Math.min(chosen, Math.max(hits.length - 1, 0));
  const go = (step: number) => setChosen((at + step + hits.length) % Math.max(hits.length, 1));
  return (
    <div className={styles.fill}>
      <FindBar
        value={typed}
        onChange={(next) => {
          setTyped(next);
          setChosen(0);
        }}
        status={wanted ? strings.matches(at + 1, hits.length) : undefined}
        onGo={go}
        slash={slash ?? false}
      >
        {note && <span>{note}</span>}
      </FindBar>
      <Lines
        lines={lines}
        name={name}
        language={language}
        line={line}
        onLine={onLine}
        wanted={wanted}
        hit={hits[at]}
        atEnd={atEnd}
      />
    </div>
  );
}
