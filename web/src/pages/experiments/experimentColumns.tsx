import { Link } from "@tanstack/react-router";
import { NOTE } from "../../api/edits";
import type { SeenExperiment } from "../../api/experimentOverviews";
import type { ExperimentsAsked } from "../../api/experiments";
import type { Experiment, ExperimentOverview } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import type { Column } from "../../components/DataGrid";
import { Time } from "../../components/Time";
import { grouped, short } from "../../lib/number";
import { isViewTag } from "../../lib/views";
import { Activity } from "./Activity";
import styles from "./Experiments.module.css";
import { strings } from "./strings";

const TAGS = 3; // tags of an experiment that are shown

/** What goes on in an experiment; nothing until it is known. */
const OVERVIEW: readonly Column<SeenExperiment>[] = [
  {
    id: "runs",
    name: strings.heads.runs,
    width: 134,
    cell: ({ seen }) => seen && <Runs seen={seen} />,
  },
  {
    id: "days",
    name: strings.heads.days,
    width: 118,
    cell: ({ seen }) => seen && <Activity days={seen.days ?? []} />,
  },
  {
    id: "last",
    name: strings.heads.last,
    width: 104,
    cell: ({ seen }) => seen && <Time at={seen.last_run} />,
  },
  {
    id: "owner",
    name: strings.heads.owner,
    width: 118,
    cell: ({ seen }) => seen && <Avatar name={seen.user_id} />,
  },
];

/** What a narrow window does without, the first of it first. */
export const SPARE = ["id", "created", "changed", "folder", "days", "owner", "tags"];

/** What stands before the last "/" of a name; empty when there is none. */
const folderOf = (name: string) => name.slice(0, Math.max(name.lastIndexOf("/"), 0));

/**
 * The columns of the list of experiments; folders and tags lead to what has them, too.
 *
 * @param archived whether they are archived, and can be restored.
 * @param metric the metric of which the best is shown, if there is one.
 */
export function experimentColumns(
  archived: boolean,
  metric: string | undefined,
  onNarrow: (part: ExperimentsAsked) => void,
  onRestore: (experiment: Experiment) => void,
): readonly Column<SeenExperiment>[] {
  const restore: Column<SeenExperiment> = {
    id: "restore",
    name: "",
    width: 110,
    cell: (experiment) => (
      <Button
        kind="quiet"
        tabIndex={-1}
        aria-label={strings.restoreOne(experiment.name)}
        onClick={() => onRestore(experiment)}
      >
        {strings.restore}
      </Button>
    ),
  };
  return [
    {
      id: "name",
      name: strings.heads.name,
      width: 214,
      pinned: true,
      cell: ({ experiment_id, name }) => (
        <Link
          to="/experiments/$experimentId"
          params={{ experimentId: experiment_id }}
          search={{}}
          tabIndex={-1}
          title={name}
        >
          {name}
        </Link>
      ),
    },
    ...(archived ? [restore] : []),
    ...(metric ? [bestColumn(metric)] : []),
    ...OVERVIEW,
    {
      id: "folder",
      name: strings.folder,
      width: 120,
      cell: ({ name }) => {
        const folder = folderOf(name);
        if (!folder) return <span className={styles.none}>–</span>;
        const title = strings.inFolder(folder);
        return <Narrower title={title} text={`${folder}/`} onChoose={() => onNarrow({ folder })} />;
      },
    },
    {
      id: "tags",
      name: strings.heads.tags,
      width: 170,
      cell: ({ tags = [] }) => (
        <span className={styles.tags}>
          {tags
            .filter(({ key }) => !isViewTag(key) && key !== NOTE)
            .slice(0, TAGS)
            .map(({ key, value = "" }) => (
              <Badge key={key}>
                <Narrower
                  title={strings.withTag(key, value)}
                  text={`${key}: ${value.slice(0, 30)}`}
                  onChoose={() => onNarrow({ tag: [key, value] })}
                />
              </Badge>
            ))}
        </span>
      ),
    },
    {
      id: "changed",
      name: strings.heads.changed,
      width: 110,
      cell: (e) => <Time at={e.last_update_time} />,
    },
    {
      id: "created",
      name: strings.heads.created,
      width: 110,
      cell: (e) => <Time at={e.creation_time} />,
    },
    {
      id: "id",
      name: strings.heads.id,
      width: 180,
      align: "right",
      cell: (e) => <code>{e.experiment_id}</code>,
    },
  ];
}

/** The best of a metric in each experiment, and the run that has it. */
function bestColumn(metric: string): Column<SeenExperiment> {
  return {
    id: "best",
    name: strings.best.head(metric),
    width: 132,
    align: "right",
    cell: ({ seen }) => {
      // Until the next answer, what is known is the best of the metric of before.
      if (!seen || (seen.best && seen.best.key !== metric)) return null;
      if (!seen.best) return <span className={styles.none}>–</span>;
      const { key, value, less, run_id, run_name } = seen.best;
      return (
        <Link
          to="/runs/$runId"
          params={{ runId: run_id }}
          tabIndex={-1}
          className="num"
          title={strings.best.of(String(value), key, run_name, less)}
        >
          {short(value)}
        </Link>
      );
    },
  };
}

/** How many runs there are, and how many of them go on. */
function Runs({ seen: { runs = 0, more, running = 0 } }: { seen: ExperimentOverview }) {
  return (
    <span className={styles.runs}>
      <span className="num" title={more ? strings.overview.more(runs) : undefined}>
        {grouped(runs)}
        {more && "+"}
      </span>
      {running > 0 && <Badge tone="info">{strings.overview.running(running)}</Badge>}
    </span>
  );
}

interface NarrowerProps {
  title: string;
  text: string;
  onChoose: () => void;
}

/** Leads to the experiments that have this as well; the only link of a row is its experiment's. */
function Narrower({ title, text, onChoose }: NarrowerProps) {
  return (
    <button
      type="button"
      tabIndex={-1}
      title={title}
      className={styles.narrower}
      onClick={onChoose}
    >
      {text}
    </button>
  );
}
