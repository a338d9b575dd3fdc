import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { IconButton } from "../../../components/Button";
import { SearchBox } from "../../../components/Field";
import { highlight, type Piece, type State } from "../highlight";
import { strings } from "../strings";
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
}

const ROW = 20;
const LONGEST = 2000; // characters of a line that are shown
const MOST_HITS = 10_000;
const CLASSES: Record<Piece["kind"], string | undefined> = {
  "": undefined,
  word: styles.word,
  text: styles.string,
  number: styles.digits,
  comment: styles.comment,
  key: styles.key,
};

/** A text of any length, line by line, with a search. */
export function TextView(props: TextViewProps) {
  const { text, name, language, note, line, onLine, atEnd } = props;
  const frame = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => text.replace(/\r?\n$/, "").split(/\r?\n/), [text]);
  const states = useMemo(() => ({ lines, found: [undefined] as State[] }), [lines]);
  const longest = useMemo(
    () => lines.reduce((most, one) => Math.max(most, Math.min(one.length, LONGEST)), 0),
    [lines],
  );
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const wanted = useDeferredValue(typed.toLowerCase());
  const hits = useMemo(() => {
    const found: number[] = [];
    if (!wanted) return found;
    for (const [i, one] of lines.entries()) {
      if (one.toLowerCase().includes(wanted)) found.push(i);
      if (found.length >= MOST_HITS) break;
    }
    return found;
  }, [lines, wanted]);
  const at = Math.min(chosen, Math.max(hits.length - 1, 0));
  const hit = hits[at];

  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another line is asked for
  useEffect(() => {
    if (line) virtual.scrollToIndex(line - 1, { align: "center" });
  }, [line]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another place was found
  useEffect(() => {
    if (hit !== undefined) virtual.scrollToIndex(hit, { align: "center" });
  }, [hit]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the text grows
  useEffect(() => {
    if (atEnd && !line) virtual.scrollToIndex(lines.length - 1, { align: "end" });
  }, [atEnd, lines]);

  const go = (step: number) => setChosen((at + step + hits.length) % Math.max(hits.length, 1));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    go(event.shiftKey ? -1 : 1);
  };
  const digits = String(lines.length).length;
  return (
    <div className={styles.fill}>
      <div className={styles.bar}>
        <SearchBox
          label={strings.findText}
          value={typed}
          onChange={(next) => {
            setTyped(next);
            setChosen(0);
          }}
          onKeyDown={onKeyDown}
        />
        {wanted && (
          <>
            <span className="num" role="status">
              {strings.matches(at + 1, hits.length)}
            </span>
            <IconButton icon="up" label={strings.previous} onClick={() => go(-1)} />
            <IconButton icon="down" label={strings.next} onClick={() => go(1)} />
          </>
        )}
        {note && <span>{note}</span>}
      </div>
      <div
        ref={frame}
        className={styles.lines}
        role="region"
        aria-label={strings.text(name)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
      >
        <div
          className={styles.space}
          style={{
            height: virtual.getTotalSize(),
            width: `calc(${longest + digits + 2}ch + 40px)`,
          }}
        >
          {virtual.getVirtualItems().map(({ index, start }) => {
            const mark = index + 1 === line ? styles.marked : index === hit ? styles.hit : "";
            return (
              <div
                key={index}
                className={`${styles.line} ${mark}`}
                style={{ transform: `translateY(${start}px)` }}
              >
                <LineNumber number={index + 1} digits={digits} onLine={onLine} />
                <Line pieces={piecesOf(states, index, language)} whole={lines[index] ?? ""} />
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function LineNumber(props: { number: number; digits: number; onLine: TextViewProps["onLine"] }) {
  const { number, digits, onLine } = props;
  const width = { width: `calc(${digits}ch + 20px)` };
  if (!onLine) {
    return (
      <span className={styles.number} style={width} aria-hidden="true">
        {number}
      </span>
    );
  }
  return (
    <a
      className={styles.number}
      style={width}
      href={`#${number}`}
      tabIndex={-1}
      aria-label={strings.line(number)}
      onClick={(event) => {
        event.preventDefault();
        onLine(number);
      }}
    >
      {number}
    </a>
  );
}

function Line({ pieces, whole }: { pieces: readonly Piece[]; whole: string }) {
  return (
    <span>
      {pieces.map(({ kind, text }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece is known by its place
        <span key={i} className={CLASSES[kind]}>
          {text}
        </span>
      ))}
      {whole.length > LONGEST && (
        <span className={styles.more}>{strings.moreOfLine(whole.length - LONGEST)}</span>
      )}
    </span>
  );
}

interface States {
  readonly lines: readonly string[];
  /** What each line begins within, as far as it has been looked at. */
  readonly found: State[];
}

function piecesOf({ lines, found }: States, index: number, language: string | undefined): Piece[] {
  const whole = lines[index] ?? "";
  const shown = whole.slice(0, LONGEST);
  if (!language) return [{ kind: "", text: shown }];
  for (let i = found.length - 1; i < index; i += 1) {
    found[i + 1] = highlight((lines[i] ?? "").slice(0, LONGEST), language, found[i])[1];
  }
  return highlight(shown, language, found[index])[0];
}
