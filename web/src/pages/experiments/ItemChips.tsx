import { Link } from "@tanstack/react-router";
import type { TableCell, TableItem } from "../../api/schema.gen";
import { stageTone } from "../../components/Badge";
import type { Column } from "../../components/DataGrid";
import tones from "../../components/Tones.module.css";
import { both, equals } from "../../lib/filter";
import { itemText, type RunRow } from "../../lib/table";
import styles from "./ItemChips.module.css";
import type { RunsSearch } from "./route";
import { strings } from "./strings";

const FEW = 2; // things that have room in a cell
const PLAIN = `${styles.chip} ${tones.plain}`;
const DIGEST = 8; // characters of a digest that tell datasets apart

/** Columns of what runs have read and made, by their fields. */
export const ITEMS: Readonly<Record<string, string>> = {
  "attributes.datasets": strings.items.datasets,
  "attributes.models": strings.items.models,
};

/** A column of datasets, or of models; undefined for other fields. */
export function itemColumn(id: string): Column<RunRow> | undefined {
  const name = ITEMS[id];
  if (!name) return undefined;
  return {
    id,
    name,
    width: 320,
    enters: true,
    cell: ({ id: run, items }) => {
      const cell = items?.get(id.slice("attributes.".length));
      return cell ? <Chips run={run} cell={cell} /> : <span>–</span>;
    },
  };
}

function Chips({ run, cell: { items, more = 0 } }: { run: string; cell: TableCell }) {
  const rest = items.slice(FEW);
  const hidden = rest.length + more;
  const others = [...rest.map(itemText), ...(more ? [strings.items.more(more)] : [])].join("\n");
  return (
    <span className={styles.chips}>
      {items.slice(0, FEW).map((item) => (
        <Chip key={`${item.kind} ${item.name} ${item.ref}`} run={run} item={item} />
      ))}
      {hidden > 0 && (
        <Link
          to="/runs/$runId/overview"
          params={{ runId: run }}
          tabIndex={-1}
          className={`${PLAIN} ${styles.more}`}
          aria-label={strings.items.others(hidden)}
          title={others}
        >
          +{hidden}
        </Link>
      )}
    </span>
  );
}

/** A dataset leads to the runs that have read it, a version to its page, a model to its files. */
function Chip({ run, item }: { run: string; item: TableItem }) {
  const { kind, name, ref, stage = "" } = item;
  const look = { tabIndex: -1, className: PLAIN } as const;
  if (kind === "dataset") {
    const filter = both(equals("datasets.name", name), equals("datasets.digest", ref));
    const search = ({ sel, peek, open, ...kept }: RunsSearch) => ({ ...kept, filter });
    return (
      <Link {...look} to="." search={search as never} title={strings.items.readers(name, ref)}>
        <span className={styles.name}>{name}</span>
        <code>{ref.slice(0, DIGEST)}</code>
      </Link>
    );
  }
  if (kind === "logged_model") {
    const title = strings.items.logged(name, ref);
    return (
      <Link
        {...look}
        to="/runs/$runId/artifacts"
        params={{ runId: run }}
        search={{ of: ref, path: "MLmodel" }}
        title={title}
      >
        <span className={styles.name}>{name}</span>
      </Link>
    );
  }
  return (
    <Link
      {...look}
      to="/models/$name/versions/$version/overview"
      params={{ name, version: ref }}
      className={`${styles.chip} ${tones[stageTone(stage)]}`}
      title={itemText(item)}
    >
      <span className={styles.name}>{name}</span>
      <span className="num">{strings.items.version(ref)}</span>
      {stageTone(stage) !== "plain" && <span>{stage}</span>}
    </Link>
  );
}
