import { useState } from "react";
import type { RunQuery } from "../../api/runTable";
import { Badge } from "../../components/Badge";
import { Button, IconButton } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import { Segments } from "../../components/Segments";
import { BulkBar } from "./BulkBar";
import { ColumnPicker } from "./ColumnPicker";
import styles from "./Experiment.module.css";
import { ExportMenu } from "./ExportMenu";
import { GroupMenu } from "./GroupMenu";
import type { Change, RunsSearch } from "./route";
import type { ChosenRuns } from "./selection";
import { strings } from "./strings";
import { Views } from "./Views";

interface RunsToolsProps {
  experiments: readonly string[];
  name: string;
  asked: RunQuery;
  search: RunsSearch;
  chosen: ChosenRuns;
  /** How many runs, and how many groups, there are; undefined while that is not known. */
  runs: number | undefined;
  groups: number | undefined;
  /** How many runs there are with and without the filter, where they are nested. */
  of: number | undefined;
  /** What stays selected when other runs are shown. */
  sel: string | undefined;
  onCompare: () => void;
  onChange: (part: Change, replace?: boolean) => void;
  onShow: (search: RunsSearch) => void;
}

/** What stands above the table: how many runs, what to do with them, how they are shown. */
export function RunsTools(props: RunsToolsProps) {
  const { experiments, name, asked, search, chosen, runs, sel, onChange } = props;
  const [picking, setPicking] = useState(false);
  const deleted = asked.deleted === true;
  return (
    <div className={styles.tools}>
      {deleted && <Badge tone="bad">{strings.deleted}</Badge>}
      <span className={`num ${styles.count}`} role="status">
        {said(props)}
      </span>
      <BulkBar
        experimentId={experiments[0] ?? ""}
        ids={chosen.ids}
        deleted={deleted}
        total={runs ?? 0}
        onSelectAll={() => chosen.toggleAll(true)}
        onSelect={chosen.set}
        onCompare={props.onCompare}
      />
      <span className={styles.views}>
        {!search.by && (
          <Segments
            label={strings.nesting.label}
            value={asked.outline ? "tree" : "flat"}
            choices={[
              ["flat", strings.nesting.flat],
              ["tree", strings.nesting.tree],
            ]}
            onChoose={(next) => onChange({ nest: nestOf(next, search), open: undefined, sel })}
          />
        )}
        <GroupMenu
          experiments={experiments}
          by={search.by}
          statistic={search.stat ?? "mean"}
          onGroup={(by) => onChange({ by, open: undefined, sel })}
          onStatistic={(stat) => onChange({ stat: stat === "mean" ? undefined : stat })}
        />
        <Button icon="table" onClick={() => setPicking(true)}>
          {strings.runs.columns}
        </Button>
        <Views experimentId={experiments[0] ?? ""} search={search} onChoose={props.onShow} />
        <ExportMenu name={name} asked={asked} total={runs ?? 0} selected={chosen.ids} />
        <Menu trigger={<IconButton icon="more" kind="plain" label={strings.runs.more} />}>
          <MenuItem
            onSelect={() => onChange({ view: deleted ? undefined : "deleted", sel: undefined })}
          >
            {deleted ? strings.runs.showActive : strings.runs.showDeleted}
          </MenuItem>
        </Menu>
      </span>
      {picking && (
        <ColumnPicker
          experiments={experiments}
          shown={asked.columns}
          pinned={search.pin ?? []}
          automatic={search.cols === undefined}
          onChange={onChange}
          onClose={() => setPicking(false)}
        />
      )}
    </div>
  );
}

/** Without a filter the choice holds while there is none; with one, whatever the filter is. */
function nestOf(next: "flat" | "tree", { filter }: RunsSearch): RunsSearch["nest"] {
  if (next === "tree") return filter ? "always" : "tree";
  return filter ? undefined : "flat";
}

function said({ runs, groups, of, asked, chosen }: RunsToolsProps): string {
  if (runs === undefined) return "";
  if (chosen.ids.size) return strings.runs.selected(chosen.ids.size);
  if (groups !== undefined) return strings.groups.total(groups, runs);
  if (of !== undefined && asked.filter) return strings.nesting.match(runs, of);
  return asked.deleted ? strings.runs.deletedTotal(runs) : strings.runs.total(runs);
}
