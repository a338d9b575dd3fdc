import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { checkOf, completions } from "../../api/runTable";
import type { Completion } from "../../api/schema.gen";
import { SearchBox } from "../../components/Field";
import { useKeys } from "../../state/keys";
import { keep, kept } from "../../state/store";
import { strings as shell } from "../../strings";
import styles from "./FilterBox.module.css";
import { strings } from "./strings";

interface FilterBoxProps {
  experiments: readonly string[];
  value: string;
  onChange: (text: string) => void;
}

/** What can stand at the cursor, or a filter to be sent as it is. */
interface Offer extends Completion {
  readonly whole?: boolean;
}

const PAUSE = 120; // milliseconds without a letter until the server is asked
const MOST = 12; // completions that are listed
const RECENT = 5; // filters of before among them, where nothing is typed yet
const REMEMBERED = 30;
const FILTERS = "filters";

/** The filter; it counts when it is sent with Enter. What can come next is offered below it. */
export function FilterBox({ experiments, value, onChange }: FilterBoxProps) {
  const box = useRef<HTMLInputElement>(null);
  const id = useId();
  const [typed, setTyped] = useState(value);
  const [cursor, setCursor] = useState(0);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const [scroll, setScroll] = useState(0);
  useEffect(() => setTyped(value), [value]);
  useKeys([
    { keys: "/", label: shell.keys.query, group: shell.keys.page, run: () => box.current?.focus() },
  ]);
  const asked = useRested(JSON.stringify([typed, cursor]));
  const [text, place] = JSON.parse(asked) as [string, number];
  const found = useQuery({ ...completions(experiments, text, place), enabled: open });
  const checked = useQuery(checkOf(text.trim() && text));
  const fresh = text === typed && place === cursor;
  const before = typed ? [] : usedBefore().filter((filter) => filter !== value);
  const offers: Offer[] = !(open && fresh)
    ? []
    : [
        ...before
          .slice(0, RECENT)
          .map((text): Offer => ({ text, kind: strings.runs.recent, whole: true })),
        ...(found.data?.completions ?? []),
      ].slice(0, MOST);
  const wrong = text === typed && checked.data?.valid === false ? checked.data : undefined;
  // What is not finished is not wrong yet, unless it was sent.
  const early = (wrong?.end ?? typed.length) >= typed.trimEnd().length;
  const problem = wrong && (typed === value || !early) ? wrong : undefined;
  const take = ({ text: chosen, whole }: Offer) => {
    if (whole) {
      setTyped(chosen);
      send(chosen);
      return;
    }
    const { start = cursor, end = cursor } = found.data ?? {};
    const space = /[.(']$/.test(chosen) && !/^'.*'$/.test(chosen) ? "" : " ";
    const next = typed.slice(0, start) + chosen + space + typed.slice(end).trimStart();
    const to = start + chosen.length + space.length;
    // At once: the next letter may be typed before the browser draws.
    flushSync(() => {
      setTyped(next);
      setCursor(to);
      setAt(-1);
    });
    box.current?.setSelectionRange(to, to);
  };
  const send = (filter: string) => {
    setOpen(false);
    setAt(-1);
    remember(filter);
    onChange(filter);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const last = offers.length - 1;
    const offer = offers[at];
    const steps: Record<string, (() => void) | false> = {
      ArrowDown: () => (offers.length ? setAt(at >= last ? 0 : at + 1) : setOpen(true)),
      ArrowUp: offers.length > 0 && (() => setAt(at <= 0 ? last : at - 1)),
      Enter: () => (offer ? take(offer) : send(typed.trim())),
      Tab: offer !== undefined && !event.shiftKey && (() => take(offer)),
      Escape:
        open &&
        (() => {
          setOpen(false);
          setAt(-1);
        }),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
  return (
    <div className={styles.box}>
      <SearchBox
        ref={box}
        aria-haspopup="listbox"
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 && offers[at] ? `${id}-${at}` : undefined}
        aria-invalid={problem !== undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
        label={strings.runs.filter}
        value={typed}
        onChange={(next) => {
          setTyped(next);
          setCursor(box.current?.selectionStart ?? next.length);
          setOpen(true);
          setAt(-1);
        }}
        onSelect={() => setCursor(box.current?.selectionStart ?? 0)}
        onScroll={() => setScroll(box.current?.scrollLeft ?? 0)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {problem && <Underline text={typed} problem={problem} scroll={scroll} />}
      <div
        id={`${id}-list`}
        className={styles.list}
        role="listbox"
        aria-label={strings.runs.offers}
      >
        {offers.map((offer, i) => (
          <div
            key={`${offer.kind} ${offer.text}`}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === at}
            className={`${styles.option} ${i === at ? styles.at : ""}`}
            onMouseDown={(event) => {
              event.preventDefault(); // the input keeps the focus
              take(offer); // before an answer to what is typed can replace it
            }}
          >
            <code>{offer.text}</code>
            <span>
              {offer.kind}
              {typeof offer.runs === "number" && ` · ${strings.columns.runs(offer.runs)}`}
            </span>
          </div>
        ))}
      </div>
      <span className="hidden" role="status">
        {offers.length > 0 && strings.runs.offered(offers.length)}
      </span>
      {problem && typed !== value && offers.length === 0 && (
        <p id={`${id}-problem`} className={styles.problem} role="status">
          {problem.message}
        </p>
      )}
    </div>
  );
}

interface UnderlineProps {
  text: string;
  problem: { start?: number | null; end?: number | null };
  scroll: number;
}

/** A wavy line below what is wrong; its letters lie unseen on those of the input. */
function Underline({ text, problem, scroll }: UnderlineProps) {
  const start = Math.min(problem.start ?? text.length, text.length);
  const end = Math.max(problem.end ?? start, start + 1);
  return (
    <div className={styles.under} aria-hidden="true">
      <span style={{ transform: `translateX(${-scroll}px)` }}>
        {text.slice(0, start)}
        <mark>{text.slice(start, end) || " "}</mark>
      </span>
    </div>
  );
}

/** A value that has not changed for a moment. */
function useRested(value: string): string {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), PAUSE);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** The filters that were sent in this browser, the latest first. */
function usedBefore(): string[] {
  const found = kept<unknown>(FILTERS, []);
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
}

function remember(filter: string) {
  const others = usedBefore().filter((one) => one !== filter);
  if (filter) keep(FILTERS, [filter, ...others].slice(0, REMEMBERED));
}
