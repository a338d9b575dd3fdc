import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useLoadsByVersion } from "../../api/loads";
import type { Loads, ModelVersion } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Badge, StageBadge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Menu, MenuChecks } from "../../components/Menu";
import { Panel } from "../../components/Panel";
import { Table } from "../../components/Table";
import { Time } from "../../components/Time";
import { grouped } from "../../lib/number";
import { compact } from "../../lib/search";
import styles from "./Models.module.css";
import { modelRoute, VERSION_COLUMNS, type VersionColumn } from "./route";
import { strings } from "./strings";

/** Columns that stand there unless somebody has chosen others. */
const USUAL: readonly VersionColumn[] = VERSION_COLUMNS.filter((one) => one !== "loads");

interface VersionsTableProps {
  name: string;
  versions: readonly ModelVersion[];
}

/** The versions of a model, newest first, with the columns that were chosen. */
export function VersionsTable({ name, versions }: VersionsTableProps) {
  const { cols = USUAL } = modelRoute.useSearch();
  const navigate = useNavigate();
  const loads = useLoadsByVersion(name, cols.includes("loads"));
  const shown = VERSION_COLUMNS.filter((one) => cols.includes(one));
  const choose = (chosen: readonly VersionColumn[]) =>
    void navigate({
      to: "/models/$name",
      params: { name },
      search: compact({
        tab: "versions" as const,
        cols: String(chosen) === String(USUAL) ? undefined : chosen,
      }),
      replace: true,
      resetScroll: false,
    });
  const heads = strings.heads;
  return (
    <Panel
      title={strings.tabs.versions}
      count={versions.length}
      actions={
        <Menu trigger={<Button>{strings.columns}</Button>}>
          <MenuChecks
            label={strings.columns}
            chosen={shown}
            choices={VERSION_COLUMNS.map((one) => [one, heads[one]] as const)}
            onChoose={choose}
          />
        </Menu>
      }
      flush
    >
      <Table
        label={strings.tabs.versions}
        heads={[
          { name: heads.version },
          ...shown.map((one) => ({
            name: heads[one],
            align: one === "loads" ? ("right" as const) : ("left" as const),
          })),
        ]}
        rows={versions}
        rowKey={(v) => v.version}
        cells={(v) => [
          <Link key="v" to="/models/$name/versions/$version" params={{ name, version: v.version }}>
            {v.version}
          </Link>,
          ...shown.map((one) => CELLS[one](v, loads.data)),
        ]}
      />
    </Panel>
  );
}

const CELLS: Record<
  VersionColumn,
  (version: ModelVersion, loads: ReadonlyMap<string, Loads> | undefined) => ReactNode
> = {
  stage: (v) => <StageBadge key="s" stage={v.current_stage} />,
  aliases: (v) => (
    <span key="a" className={styles.marks}>
      {(v.aliases ?? []).map((alias) => (
        <Badge key={alias}>@{alias}</Badge>
      ))}
    </span>
  ),
  description: (v) => (
    <div key="d" className={styles.described}>
      {v.description}
    </div>
  ),
  run: (v) =>
    v.run_id && (
      <Link key="r" to="/runs/$runId" params={{ runId: v.run_id }}>
        <code>{v.run_id.slice(0, 8)}</code>
      </Link>
    ),
  by: (v) => <Avatar key="b" name={v.user_id} />,
  registered: (v) => <Time key="t" at={v.creation_timestamp} />,
  loads: ({ version }, loads) => (
    <span key="l" className="num">
      {loads ? grouped(loads.get(version)?.count ?? 0) : "…"}
    </span>
  ),
};
