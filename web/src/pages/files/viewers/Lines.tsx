import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { highlight, type Piece, type State } from "../highlight";
import { type Marked, marked } from "../lines";
import { strings } from "../strings";
import styles from "./viewers.module.css";

interface LinesProps {
  lines: readonly string[];
  /** How many lines of the text stand before these. */
  before?: number;
  name: string;
  language?: string | undefined;
  /** The line that the address names, by its number in the text. */
  line?: number | undefined;
  onLine?: ((line: number) => void) | undefined;
  /** A text that is marked, in small letters. */
  wanted: string;
  /** The place of the line that was gone to. */
  hit: number | undefined;
  /** Whether the end is shown, and stays shown when the text grows. */
  atEnd?: boolean | undefined;
}

const ROW = 20;
const LONGEST = 2000; // characters of a line that are shown
const CLASSES: Record<Piece["kind"], string | undefined> = {
  "": undefined,
  word: styles.word,
  text: styles.string,
  number: styles.digits,
  comment: styles.comment,
  key: styles.key,
};

/** Lines of a text, any number of them; only those on screen are in the document. */
export function Lines(props: LinesProps) {
  const { lines, before = 0, name, language, line, onLine, wanted, hit, atEnd } = props;
  const frame = useRef<HTMLDivElement>(null);
  const states = useMemo(() => ({ lines, found: [undefined] as State[] }), [lines]);
  const longest = useMemo(
    () => lines.reduce((most, one) => Math.max(most, Math.min(one.length, LONGEST)), 0),
    [lines],
  );
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 20,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another line is asked for
  useEffect(() => {
    if (line) virtual.scrollToIndex(line - 1 - before, { align: "center" });
  }, [line]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when another place was found
  useEffect(() => {
    if (hit !== undefined) virtual.scrollToIndex(hit, { align: "center" });
  }, [hit, lines]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the text grows
  useEffect(() => {
    if (atEnd && !line && hit === undefined) {
      virtual.scrollToIndex(lines.length - 1, { align: "end" });
    }
  }, [atEnd, lines]);
  const digits = String(before + lines.length).length;
  return (
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
          const number = before + index + 1;
          const mark = number === line ? styles.marked : index === hit ? styles.hit : "";
          const pieces = marked(piecesOf(states, index, language), wanted);
          return (
            <div
              key={index}
              className={`${styles.line} ${mark}`}
              aria-current={index === hit ? "true" : undefined}
              style={{ transform: `translateY(${start}px)` }}
            >
              <LineNumber number={number} digits={digits} onLine={onLine} />
              <Line pieces={pieces} whole={lines[index] ?? ""} sought={index === hit} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function LineNumber(props: { number: number; digits: number; onLine: LinesProps["onLine"] }) {
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

interface LineProps {
  pieces: readonly Marked[];
  whole: string;
  /** Whether it was gone to: then the first mark in it is brought into view, too. */
  sought: boolean;
}

function Line({ pieces, whole, sought }: LineProps) {
  const box = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const mark = box.current?.querySelector("mark");
    const frame = mark?.closest<HTMLElement>("[role=region]");
    if (!sought || !mark || !frame) return;
    const { left, right } = mark.getBoundingClientRect();
    const edges = frame.getBoundingClientRect();
    if (left < edges.left || right > edges.right) {
      frame.scrollLeft += (left + right - edges.left - edges.right) / 2;
    }
  }, [sought]);
  return (
    <span ref={box}>
      {pieces.map(({ kind, text, found }, i) => {
        const Part = found ? "mark" : "span";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a piece is known by its place
          <Part key={i} className={CLASSES[kind]}>
            {text}
          </Part>
        );
      })}
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
