import { useQuery } from "@tanstack/react-query";
import { FEW_KEYS, runKeys } from "../../api/runKeys";
import { PARENT } from "../../api/runTable";
import { Button } from "../../components/Button";
import { Menu, MenuChoice, MenuLine } from "../../components/Menu";
import { field } from "../../lib/filter";
import { keyName } from "../runs/columns";
import { STATISTICS, type Statistic } from "./route";
import { strings } from "./strings";

interface GroupMenuProps {
  experiments: readonly string[];
  by: string | undefined;
  statistic: Statistic;
  onGroup: (by: string | undefined) => void;
  onStatistic: (statistic: Statistic) => void;
}

const NONE = "-";
const MOST = 60; // params and tags that are offered

/** By what the runs are grouped, and what of the metrics of a group is shown. */
export function GroupMenu({ experiments, by, statistic, onGroup, onStatistic }: GroupMenuProps) {
  const keys = useQuery(runKeys(experiments, true, "", FEW_KEYS)).data?.keys ?? [];
  const found = keys
    .filter(({ kind, key }) => kind === "param" || (kind === "tag" && !key.startsWith("mlflow.")))
    .sort((a, b) => a.kind.localeCompare(b.kind))
    .slice(0, MOST)
    .map(({ kind, key }) => field(`${kind as "param" | "tag"}s`, key));
  const fixed: readonly [string, string][] = [
    [NONE, strings.groups.none],
    [PARENT, strings.groups.parent],
    ["attributes.status", strings.runs.status],
    ["attributes.user_id", strings.runs.user],
    ["dataset.name", strings.groups.dataset],
    ["dataset.digest", strings.groups.digest],
  ];
  const others = by && !fixed.some(([id]) => id === by) && !found.includes(by) ? [by] : [];
  const choices = [
    ...fixed,
    ...[...others, ...found].map((id): [string, string] => [id, keyName(id)]),
  ];
  const name = choices.find(([id]) => id === by)?.[1];
  const title = name ? strings.groups.by(name) : strings.groups.title;
  return (
    <Menu trigger={<Button>{title}</Button>}>
      <MenuChoice
        label={strings.groups.title}
        value={by ?? NONE}
        choices={choices}
        onChoose={(id) => onGroup(id === NONE ? undefined : id)}
      />
      {by && (
        <>
          <MenuLine />
          <MenuChoice
            label={strings.groups.statistic}
            value={statistic}
            choices={STATISTICS.map((one) => [one, strings.groups.statistics[one]] as const)}
            onChoose={onStatistic}
          />
        </>
      )}
    </Menu>
  );
}
