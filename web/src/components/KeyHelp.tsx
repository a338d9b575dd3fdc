import { keymap, keysOn, setKeysOn } from "../state/keys";
import { useStore } from "../state/store";
import { strings } from "../strings";
import { Dialog } from "./Dialog";
import { Check } from "./Field";
import styles from "./KeyHelp.module.css";

const TABLE: readonly (readonly [string, string])[] = [
  [strings.keys.cells, "↑ ↓ ← → j k"],
  [strings.keys.open, "Enter"],
  [strings.keys.select, "x"],
  [strings.keys.selectTo, "Shift+X"],
  [strings.keys.selectAll, "Ctrl+A"],
  [strings.keys.selectNone, "Escape"],
  [strings.keys.peek, "Space"],
  [strings.keys.edit, "e"],
  [strings.keys.sort, "Enter"],
  [strings.keys.sortToo, "Shift+Enter"],
  [strings.keys.ends, "Ctrl+Home Ctrl+End"],
  [strings.keys.enter, "Enter"],
  [strings.keys.links, "← →"],
  [strings.keys.leave, "Escape"],
];

const GRID = "[role=grid], [role=treegrid]";

/** Every key that does something here. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const commands = useStore(keymap);
  const on = useStore(keysOn);
  const groups = new Map<string, (readonly [string, string])[]>();
  for (const { group, label, keys } of commands) {
    groups.set(group, [...(groups.get(group) ?? []), [label, keys]]);
  }
  const general = groups.get(strings.keys.general) ?? [];
  groups.set(strings.keys.general, [[strings.palette.title, "Ctrl+K"], ...general]);
  if (document.querySelector(GRID)) groups.set(strings.keys.table, [...TABLE]);
  return (
    <Dialog title={strings.keys.title} onClose={onClose}>
      <Check checked={on} onChange={setKeysOn}>
        {strings.keys.on}
      </Check>
      <div className={styles.groups}>
        {[...groups].map(([name, rows]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl className={styles.list}>
              {rows.map(([label, keys]) => [
                <dt key={`${label} name`}>{label}</dt>,
                <dd key={`${label} keys`}>
                  {keys.split(" ").map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dd>,
              ])}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
