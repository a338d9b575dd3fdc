import { Link } from "@tanstack/react-router";
import type { OpenRequests } from "../../api/requests";
import type { ModelVersion, RegisteredModel } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge, StageBadge } from "../../components/Badge";
import type { Column } from "../../components/DataGrid";
import { Time } from "../../components/Time";
import { count } from "../../lib/number";
import { compact } from "../../lib/search";
import styles from "./Models.module.css";
import type { ModelsSearch } from "./route";
import { strings } from "./strings";

const RESTING = ["None", "Archived"];
const OWN_COLUMN = ["Production", "Staging"];
const TAGS = 3; // of a model that are shown

/** What the list of models shows of each. */
export function modelColumns(
  requests: OpenRequests | undefined,
  search: ModelsSearch,
): Column<RegisteredModel>[] {
  const { heads } = strings;
  return [
    {
      id: "name",
      name: heads.name,
      width: 260,
      pinned: true,
      sortable: true,
      cell: ({ name }) => (
        <Link to="/models/$name" params={{ name }} search={{}} tabIndex={-1} title={name}>
          {name}
        </Link>
      ),
    },
    {
      id: "owner",
      name: heads.owner,
      width: 130,
      cell: (model) => model.user_id && <Avatar name={model.user_id} />,
    },
    ...OWN_COLUMN.map((stage) => ({
      id: stage,
      name: stage,
      width: 100,
      cell: (model: RegisteredModel) => <Held versions={held(model, stage)} />,
    })),
    {
      id: "latest",
      name: heads.versions,
      width: 80,
      align: "right",
      cell: (model) => <span className="num">{latest(model)}</span>,
    },
    {
      id: "requests",
      name: heads.requests,
      width: 100,
      cell: ({ name }) => <Waiting name={name} requests={requests} />,
    },
    {
      id: "changed",
      name: heads.changed,
      width: 130,
      sortable: true,
      cell: (model) => <Time at={model.last_updated_timestamp} />,
    },
    {
      id: "aliases",
      name: heads.aliases,
      width: 190,
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
    {
      id: "others",
      name: heads.others,
      width: 150,
      cell: (model) => <Held versions={others(model)} named />,
    },
    {
      id: "tags",
      name: heads.tags,
      width: 240,
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
  ];
}

function held(model: RegisteredModel, stage: string): ModelVersion[] {
  return (model.latest_versions ?? []).filter((v) => v.current_stage === stage);
}

function others(model: RegisteredModel): ModelVersion[] {
  const apart = [...RESTING, ...OWN_COLUMN];
  return (model.latest_versions ?? []).filter((v) => !apart.includes(v.current_stage));
}

function latest(model: RegisteredModel): string {
  const numbers = (model.latest_versions ?? []).map((v) => Number(v.version));
  return numbers.length ? String(Math.max(...numbers)) : "–";
}

function Held({ versions, named }: { versions: readonly ModelVersion[]; named?: boolean }) {
  if (!versions.length) return <span className={styles.faint}>–</span>;
  return (
    <span className={styles.cells}>
      {versions.map(({ name, version, current_stage: stage }) => (
        <span key={version} className={styles.mark}>
          {named && <StageBadge stage={stage} />}
          <Link to="/models/$name/versions/$version" params={{ name, version }} tabIndex={-1}>
            {strings.version(version)}
          </Link>
        </span>
      ))}
    </span>
  );
}

function Waiting({ name, requests }: { name: string; requests: OpenRequests | undefined }) {
  const open = requests?.of.get(name) ?? 0;
  if (open) {
    return (
      <Link to="/models/$name" params={{ name }} search={{}} tabIndex={-1}>
        {count(open, strings.request)}
      </Link>
    );
  }
  // Where not all requests have been read, nothing is said of those that may be among the others.
  return <span className={styles.faint}>{requests?.all ? "–" : ""}</span>;
}
