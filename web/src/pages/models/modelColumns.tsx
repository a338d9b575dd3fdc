import { Link } from "@tanstack/react-router";
import type { ModelOverview } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import type { Column } from "../../components/DataGrid";
import { Time } from "../../components/Time";
import { count, short, toNumber } from "../../lib/number";
import { compact } from "../../lib/search";
import styles from "./Models.module.css";
import type { ModelsSearch } from "./route";
import { strings } from "./strings";

const ALWAYS = ["Production", "Staging"]; // stages with a column though nothing may be in them
const STAGE = 230; // fits "Version 120 +118 11 mo. ago"
const ALONE = 172; // fits the same without the versions beside it
const TAGS = 3; // of a model that are shown

/** The stages that have a column, in their order. */
export function stageColumns(stages: readonly string[]): string[] {
  return [...new Set([...ALWAYS, ...stages])];
}

interface ModelColumn extends Column<ModelOverview> {
  /** How narrow it may be where all columns are seen then. */
  readonly least?: number;
}

/**
 * What the list of models shows of each.
 *
 * @param stages those that models have versions in.
 * @param crowded those in which some model has several.
 * @param search what the address says.
 */
export function modelColumns(
  stages: readonly string[],
  crowded: ReadonlySet<string>,
  search: ModelsSearch,
): ModelColumn[] {
  const { heads } = strings;
  return [
    {
      id: "name",
      name: heads.name,
      width: 200,
      least: 136,
      pinned: true,
      sortable: true,
      cell: ({ name }) => (
        <Link to="/models/$name" params={{ name }} search={{}} tabIndex={-1} title={name}>
          {name}
        </Link>
      ),
    },
    {
      id: "latest",
      name: heads.versions,
      width: 70,
      least: 62,
      align: "right",
      cell: ({ latest = "–" }) => <span className="num">{latest}</span>,
    },
    ...stageColumns(stages).map((stage) => ({
      id: `stage ${stage}`,
      name: stage,
      width: STAGE,
      least: crowded.has(stage) ? STAGE : ALONE,
      cell: (model: ModelOverview) => <Held model={model} stage={stage} />,
    })),
    {
      id: "metric",
      name: heads.metric,
      width: 150,
      least: 124,
      cell: (model) => <Metric model={model} search={search} />,
    },
    {
      id: "requests",
      name: heads.requests,
      width: 90,
      least: 84,
      cell: ({ name, requests = 0 }) =>
        requests ? (
          <Link to="/models/$name" params={{ name }} search={{}} tabIndex={-1}>
            {count(requests, strings.request)}
          </Link>
        ) : (
          <span className={styles.faint}>–</span>
        ),
    },
    {
      id: "changed",
      name: heads.changed,
      width: 176,
      least: 158,
      sortable: true,
      cell: (model) => <Changed model={model} />,
    },
    {
      id: "owner",
      name: heads.owner,
      width: 108,
      least: 82,
      cell: ({ user_id: owner }) =>
        owner && (
          <Link
            to="/models"
            search={compact({ ...search, owner })}
            resetScroll={false}
            tabIndex={-1}
            className={styles.person}
          >
            <Avatar name={owner} />
          </Link>
        ),
    },
    {
      id: "tags",
      name: heads.tags,
      width: 200,
      least: 86,
      cell: ({ tags = [] }) => (
        <span className={styles.cells}>
          {tags.slice(0, TAGS).map(({ key, value = "" }) => (
            <Link
              key={key}
              to="/models"
              search={compact({ ...search, tag: [key, value] as const })}
              resetScroll={false}
              tabIndex={-1}
              title={strings.onlyTag(key, value)}
            >
              {key}: {value.slice(0, 30)}
            </Link>
          ))}
        </span>
      ),
    },
    {
      id: "aliases",
      name: heads.aliases,
      width: 190,
      least: 90,
      cell: ({ aliases = [] }) => (
        <span className={styles.cells}>
          {aliases.map(({ alias, version }) => (
            <Badge key={alias}>
              @{alias} → {version}
            </Badge>
          ))}
        </span>
      ),
    },
  ];
}

/** The version in a stage and since when it is there; how many more there are. */
function Held({ model, stage }: { model: ModelOverview; stage: string }) {
  const held = (model.stages ?? []).find((one) => one.stage === stage);
  if (!held) return <span className={styles.faint}>–</span>;
  const { version, since, count: number = 1 } = held;
  return (
    <span className={styles.held}>
      <Link
        to="/models/$name/versions/$version"
        params={{ name: model.name, version }}
        tabIndex={-1}
      >
        {strings.version(version)}
      </Link>
      {number > 1 && (
        <span className={styles.faint} title={strings.moreTitle(stage, number)}>
          {strings.more(number - 1)}
        </span>
      )}
      {since && (
        <span className={styles.when}>
          <Time at={since} />
        </span>
      )}
    </span>
  );
}

/** The key metric of what is in Production; a click on its name shows it of all models. */
function Metric({ model: { metric }, search }: { model: ModelOverview; search: ModelsSearch }) {
  if (!metric) return <span className={styles.faint}>–</span>;
  const { key, value, version, stage } = metric;
  return (
    <span
      className={styles.held}
      title={strings.metricOf(key, String(toNumber(value)), version, stage)}
    >
      <Link
        to="/models"
        search={compact({ ...search, metric: key })}
        resetScroll={false}
        tabIndex={-1}
        className={styles.key}
        title={strings.onlyMetric(key)}
      >
        {key}
      </Link>
      <span className={`num ${styles.value}`}>{short(value)}</span>
    </span>
  );
}

/** When the model was changed last, and by whom. */
function Changed({ model }: { model: ModelOverview }) {
  const { changed_by: who, changed = "", last_updated_timestamp: at } = model;
  const what = strings.changes[changed] ?? changed;
  return (
    <span className={styles.held} title={who && `${who} ${what}`}>
      {who && <Avatar name={who} />}
      <span className={styles.when}>
        <Time at={at} />
      </span>
    </span>
  );
}
