import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useId, useMemo, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { SearchBox } from "../../components/Field";
import { Icon } from "../../components/Icon";
import { groupChoice, isChosen, type KeyGroup, toggled, toggledGroup } from "../../lib/keys";
import { grouped } from "../../lib/number";
import styles from "./Charts.module.css";
import { strings } from "./strings";

interface KeyIndexProps {
  /** The keys that fit the search. */
  groups: readonly KeyGroup[];
  /** How many keys there are in all, and how many are shown. */
  total: number;
  shown: number;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: string[]) => void;
  search: string;
  onSearch: (text: string) => void;
}

type Row = { group: KeyGroup; key?: string };
const ROW = 28;

/** All metrics by group, however many; what is chosen here is drawn, and all if nothing is. */
export function KeyIndex(props: KeyIndexProps) {
  const { groups, total, shown, chosen, onChoose, search, onSearch } = props;
  const rows = useMemo(() => rowsOf(groups), [groups]);
  const some = chosen.size > 0;
  return (
    <section className={styles.index} aria-label={strings.index}>
      <SearchBox label={strings.find} value={search} onChange={onSearch} />
      <div className={styles.said}>
        <span className="num" role="status">
          {some || search ? strings.chosen(shown, total) : strings.shown(total)}
        </span>
        {some && (
          <Button kind="quiet" onClick={() => onChoose([])}>
            {strings.all}
          </Button>
        )}
      </div>
      {rows.length ? (
        <KeyList key={search} rows={rows} chosen={chosen} onChoose={onChoose} />
      ) : (
        <p className={styles.said}>{strings.noMatch(search)}</p>
      )}
    </section>
  );
}

function rowsOf(groups: readonly KeyGroup[]): Row[] {
  if (groups.length === 1 && groups[0]?.prefix === "") {
    const [group] = groups;
    return group.keys.map((key) => ({ group, key }));
  }
  return groups.flatMap((group) => [{ group }, ...group.keys.map((key) => ({ group, key }))]);
}

interface KeyListProps {
  rows: readonly Row[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: string[]) => void;
}

function KeyList({ rows, chosen, onChoose }: KeyListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const id = useId();
  const [asked, setAt] = useState(0);
  const at = Math.min(asked, rows.length - 1);
  const headed = rows[0]?.key === undefined;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW,
    overscan: 8,
  });
  const choose = ({ group, key }: Row) =>
    onChoose(key === undefined ? toggledGroup(chosen, group) : toggled(chosen, group, key));
  const move = (to: number) => {
    const next = Math.min(Math.max(to, 0), rows.length - 1);
    setAt(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((frame.current?.clientHeight ?? 200) / ROW) - 1);
    const row = rows[at];
    const steps: Record<string, () => void> = {
      ArrowDown: () => move(at + 1),
      ArrowUp: () => move(at - 1),
      PageDown: () => move(at + page),
      PageUp: () => move(at - page),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      " ": () => row && choose(row),
      Enter: () => row && choose(row),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
  const items = virtual.getVirtualItems();
  const drawn = items.some((item) => item.index === at);
  return (
    <div
      ref={frame}
      className={styles.list}
      role="listbox"
      aria-multiselectable
      aria-label={strings.index}
      aria-activedescendant={drawn ? `${id}-${at}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize() }}>
        {items.map(({ index, start }) => {
          const row = rows[index] as Row;
          const { group, key } = row;
          const on =
            key === undefined
              ? chosen.has(groupChoice(group.prefix))
              : isChosen(chosen, group.prefix, key);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys
            <div
              key={index}
              id={`${id}-${index}`}
              role="option"
              aria-selected={on}
              aria-setsize={rows.length}
              aria-posinset={index + 1}
              className={`${styles.option} ${
                key === undefined ? styles.group : headed ? styles.inner : ""
              } ${index === at ? styles.at : ""}`}
              style={{ transform: `translateY(${start}px)` }}
              title={key ?? group.prefix}
              onClick={() => {
                setAt(index);
                choose(row);
              }}
            >
              <span className={styles.tick}>{on && <Icon name="check" size={12} />}</span>
              <span className={styles.name}>
                {key === undefined ? group.prefix || strings.rest : nameIn(group, key)}
              </span>
              {key === undefined && <span className="num">{grouped(group.keys.length)}</span>}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** A key without what its group says already. */
function nameIn({ prefix }: KeyGroup, key: string): string {
  return prefix ? key.slice(prefix.length + 1) || key : key;
}
