import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useLiveSeries } from "../../api/series";
import { Button } from "../../components/Button";
import { Empty } from "../../components/Empty";
import { SearchBox } from "../../components/Field";
import { Swatch } from "../../components/Swatch";
import { grouped as groupedKeys, isChosen, type KeyGroup } from "../../lib/keys";
import { grouped } from "../../lib/number";
import { groupId, pointing } from "../../state/lit";
import { AddCard } from "./AddCard";
import { Cards } from "./Cards";
import { ChartBar } from "./ChartBar";
import styles from "./Charts.module.css";
import type { Card } from "./cards";
import { groupings, groupsBy, type RunGroup } from "./groups";
import { KeyIndex } from "./KeyIndex";
import { type ChartRun, MetricChart } from "./MetricChart";
import { RunLegend } from "./RunLegend";
import { runStrings } from "./runStrings";
import { strings } from "./strings";
import type { ChartView } from "./view";

interface MetricChartsProps {
  runs: readonly ChartRun[];
  /** All keys that the runs have; images and texts may be shown before there is one. */
  keys: readonly string[];
  view: ChartView;
  onView: (change: Partial<ChartView>) => void;
  /** Whether the runs are listed beside the charts. */
  legend?: boolean;
  /** Whether there is no room for the index of metrics beside the charts. */
  narrow?: boolean;
}

const NO_CARDS: readonly Card[] = [];
const NONE: readonly string[] = []; // the table beside them says how runs are grouped
const FEW = 200; // metrics up to which all are followed, so that new ones are seen

/** The charts of some runs: an index of all metrics, and those on screen drawn. */
export function MetricCharts(props: MetricChartsProps) {
  const { runs, keys, view, onView, legend = false, narrow = false } = props;
  const [following, setFollowing] = useState(true);
  const [onScreen, setOnScreen] = useState<readonly string[]>([]);
  const groups = useMemo(() => groupedKeys(keys), [keys]);
  const chosen = useMemo(() => new Set(view.keys ?? []), [view.keys]);
  const search = (view.q ?? "").toLowerCase();
  const found = useMemo(
    () => kept(groups, (_, key) => key.toLowerCase().includes(search)),
    [groups, search],
  );
  const shown = useMemo(
    () => (chosen.size ? kept(groups, (prefix, key) => isChosen(chosen, prefix, key)) : found),
    [chosen, groups, found],
  );
  const fields = useMemo(() => groupings(runs), [runs]);
  const by = view.by !== undefined && fields.includes(view.by) ? view.by : undefined;
  const inGroups = useMemo(
    () => (by === undefined ? undefined : groupsBy(runs, by, strings.without)),
    [runs, by],
  );
  const { cards = NO_CARDS } = view;
  const live = runs.filter((run) => run.live);
  useLiveSeries(following ? live : [], keys.length > FEW ? onScreen : []);
  return (
    <div className={narrow || !keys.length ? styles.narrow : styles.page}>
      {narrow && keys.length > 1 && (
        <SearchBox
          label={strings.find}
          value={view.q ?? ""}
          onChange={(q) => onView({ q: q || undefined, keys: undefined })}
        />
      )}
      {!narrow && keys.length > 0 && (
        <div className={styles.side}>
          <KeyIndex
            groups={found}
            total={keys.length}
            shown={size(shown)}
            chosen={chosen}
            onChoose={(next) => onView({ keys: next.length ? next : undefined })}
            search={view.q ?? ""}
            onSearch={(q) => onView({ q: q || undefined })}
          />
          {legend && <RunLegend runs={runs} groups={inGroups} />}
        </div>
      )}
      <section className={styles.charts} aria-label={strings.charts}>
        <ChartBar
          view={view}
          onView={onView}
          keys={keys}
          fields={narrow ? NONE : fields}
          by={by}
          live={live.length > 0}
          following={following}
          onFollow={setFollowing}
        >
          <AddCard
            cards={cards}
            runs={runs}
            onAdd={(card) => onView({ cards: [...cards, card] })}
          />
        </ChartBar>
        {cards.length > 0 && (
          <Cards
            cards={cards}
            runs={runs}
            onChange={(next) => onView({ cards: next.length ? next : undefined })}
          />
        )}
        {inGroups && <Groups groups={inGroups} />}
        {shown.length ? (
          <Grid
            groups={shown}
            runs={runs}
            grouped={inGroups}
            view={view}
            onView={onView}
            onScreen={setOnScreen}
            narrowest={narrow ? NARROW : NARROWEST}
          />
        ) : (
          <None any={keys.length > 0} chosen={chosen.size > 0} view={view} onView={onView} />
        )}
      </section>
    </div>
  );
}

interface NoneProps extends Pick<MetricChartsProps, "view" | "onView"> {
  /** Whether the runs have a metric at all. */
  any: boolean;
  /** Whether metrics were chosen by hand. */
  chosen: boolean;
}

/** Why no chart is there. */
function None({ any, chosen, view, onView }: NoneProps) {
  if (!any) {
    return (
      <Empty title={runStrings.noMetrics}>
        <p>{runStrings.noMetricsText}</p>
      </Empty>
    );
  }
  return (
    <Empty title={chosen ? strings.noneChosen : strings.noMatch(view.q ?? "")}>
      <Button onClick={() => onView({ q: undefined, keys: undefined })}>
        {chosen ? strings.all : strings.clear}
      </Button>
    </Empty>
  );
}

/** What the lines of groups stand for. */
function Groups({ groups }: { groups: readonly RunGroup[] }) {
  return (
    <ul className={styles.groups} aria-label={strings.groups}>
      {groups.map(({ value, runs, colour, dash }) => (
        <li key={value} {...pointing(groupId(value))}>
          <Swatch colour={colour} dashed={Boolean(dash)} />
          <span title={value}>{value}</span>
          <span className="num">{grouped(runs.length)}</span>
        </li>
      ))}
    </ul>
  );
}

const size = (groups: readonly KeyGroup[]) => groups.reduce((n, { keys }) => n + keys.length, 0);

function kept(groups: readonly KeyGroup[], wanted: (prefix: string, key: string) => boolean) {
  const some = groups.map(({ prefix, keys }) => ({
    prefix,
    keys: keys.filter((key) => wanted(prefix, key)),
  }));
  return some.filter(({ keys }) => keys.length);
}

interface GridProps {
  groups: readonly KeyGroup[];
  runs: readonly ChartRun[];
  grouped: readonly RunGroup[] | undefined;
  view: ChartView;
  onView: (change: Partial<ChartView>) => void;
  onScreen: (keys: readonly string[]) => void;
  /** How wide a chart is at least, in pixels. */
  narrowest: number;
}

type Line = { head: KeyGroup } | { keys: readonly string[] };

const NARROWEST = 380; // pixels of a chart
const NARROW = 300; // where there is little room
const GAP = 12;
const HEAD = 38;
const AROUND = 48; // pixels of a card beside its chart's height

/** Cards in rows; only those on screen are there. */
function Grid(props: GridProps) {
  const { groups, runs, grouped: byValue, view, onView, onScreen, narrowest } = props;
  const frame = useRef<HTMLDivElement>(null);
  const { width, offset, scroller } = usePlace(frame);
  const one = size(groups) === 1;
  const columns = one ? 1 : Math.max(1, Math.floor((width + GAP) / (narrowest + GAP)));
  const height = one ? 400 : 210;
  const lines = useMemo(() => linesOf(groups, columns), [groups, columns]);
  const virtual = useVirtualizer({
    count: width ? lines.length : 0,
    getScrollElement: () => scroller,
    estimateSize: (i) => (lines[i] && "head" in lines[i] ? HEAD : height + AROUND + GAP),
    scrollMargin: offset,
    overscan: 1,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measure anew when heights change
  useLayoutEffect(() => virtual.measure(), [lines, height]);
  const items = virtual.getVirtualItems();
  const visible = items.flatMap(({ index }) => {
    const line = lines[index];
    return line && "keys" in line ? line.keys : [];
  });
  const seen = JSON.stringify(visible);
  useLayoutEffect(() => onScreen(JSON.parse(seen) as string[]), [seen, onScreen]);
  const card = Math.floor((width - GAP * (columns - 1)) / columns);
  return (
    <div ref={frame} className={styles.grid} style={{ height: virtual.getTotalSize() }}>
      {items.map(({ index, start }) => {
        const line = lines[index];
        const style = { transform: `translateY(${start - offset}px)` };
        if (!line) return null;
        if ("head" in line) {
          return (
            <h2 key={`head ${line.head.prefix}`} className={styles.head} style={style}>
              {line.head.prefix || strings.rest}
              <span className="num">{grouped(line.head.keys.length)}</span>
            </h2>
          );
        }
        return (
          <div key={line.keys[0]} className={styles.row} style={style}>
            {line.keys.map((key) => (
              <div
                key={key}
                className={styles.card}
                style={{ width: card, height: height + AROUND }}
              >
                <MetricChart
                  metric={key}
                  runs={runs}
                  groups={byValue}
                  view={view}
                  onView={onView}
                  width={card}
                  height={height}
                />
              </div>
            ))}
          </div>
        );
      })}
    </div>
  );
}

function linesOf(groups: readonly KeyGroup[], columns: number): Line[] {
  const lines: Line[] = [];
  const headed = groups.length > 1 || groups[0]?.prefix;
  for (const group of groups) {
    if (headed) lines.push({ head: group });
    for (let i = 0; i < group.keys.length; i += columns) {
      lines.push({ keys: group.keys.slice(i, i + columns) });
    }
  }
  return lines;
}

/** How wide the grid is, and how far down in what scrolls. */
function usePlace(frame: RefObject<HTMLDivElement | null>) {
  const [place, setPlace] = useState({ width: 0, offset: 0 });
  const [scroller, setScroller] = useState<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const element = frame.current;
    const main = element?.closest<HTMLElement>("[data-scrolls]") ?? document.getElementById("main");
    if (!element || !main) return;
    setScroller(main);
    const measure = () => {
      const top = element.getBoundingClientRect().top - main.getBoundingClientRect().top;
      const found = { width: element.clientWidth, offset: Math.round(top + main.scrollTop) };
      setPlace((old) => (old.width === found.width && old.offset === found.offset ? old : found));
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    watch.observe(main);
    return () => watch.disconnect();
  }, [frame]);
  return { ...place, scroller };
}
