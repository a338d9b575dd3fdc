import { Link } from "@tanstack/react-router";
import { type PointerEvent, useState } from "react";
import type { Measures } from "../../api/measures";
import type { Holding, ModelVersion, TransitionRequest } from "../../api/schema.gen";
import { StageBadge } from "../../components/Badge";
import { Button, IconButton } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import styles from "./Board.module.css";
import { Card } from "./BoardCard";
import type { Drag } from "./drag";
import { strings } from "./strings";

const FIRST = 20; // cards of a column until more are asked for
const MORE = 100;
const FEW = 5; // lines of the archive while it is closed

export interface Marks {
  readonly holdings: readonly Holding[];
  readonly requests: readonly TransitionRequest[];
  readonly measures: Measures;
  /** The value of the metric in Production. */
  readonly baseline: number | undefined;
}

interface ColumnProps {
  stage: string;
  stages: readonly string[];
  versions: readonly ModelVersion[];
  marks: Marks;
  drag: Drag | undefined;
  onMove: (version: string, stage: string) => void;
  onRollback: (stage: string) => void;
  onPress: (event: PointerEvent<HTMLElement>, version: string, from: string) => void;
}

/** A stage and the versions in it; the archive is closed until it is asked for. */
export function Column(props: ColumnProps) {
  const { stage, stages, versions, marks, drag, onMove, onRollback, onPress } = props;
  const [most, setMost] = useState(FIRST);
  const [open, setOpen] = useState(stage !== "Archived");
  const held = versions.length > 0 && stage !== "None" && stage !== "Archived";
  const shown = versions.slice(0, open ? most : FEW);
  return (
    <section
      className={`${styles.column} ${open ? "" : styles.closed}`}
      aria-label={strings.board.column(stage, versions.length)}
      data-stage={stage}
      data-over={drag?.over === stage || undefined}
    >
      <div className={styles.head}>
        <StageBadge stage={stage} />
        <span className={`num ${styles.count}`}>{versions.length}</span>
        <span className={styles.menu}>
          {held && (
            <Menu trigger={<IconButton icon="more" label={strings.board.stageActions(stage)} />}>
              <MenuItem onSelect={() => onRollback(stage)}>{strings.board.rollback}</MenuItem>
            </Menu>
          )}
          {stage === "Archived" && versions.length > 0 && (
            <IconButton
              icon={open ? "up" : "down"}
              label={open ? strings.board.close : strings.board.open}
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            />
          )}
        </span>
      </div>
      <ul className={styles.cards}>
        {shown.map((version) =>
          open ? (
            <Card
              key={version.version}
              version={version}
              stages={stages}
              marks={marks}
              dragged={drag?.version === version.version}
              onMove={(to) => onMove(version.version, to)}
              onPress={(event) => onPress(event, version.version, stage)}
            />
          ) : (
            <li key={version.version} className={styles.archived}>
              <VersionLink version={version} />
            </li>
          ),
        )}
        {!versions.length && <li className={styles.none}>{strings.board.empty}</li>}
        {open && shown.length < versions.length && (
          <li>
            <Button onClick={() => setMost(most + MORE)}>
              {strings.board.more(Math.min(MORE, versions.length - shown.length))}
            </Button>
          </li>
        )}
        {!open && shown.length < versions.length && (
          <li className={styles.none}>{strings.board.others(versions.length - shown.length)}</li>
        )}
      </ul>
    </section>
  );
}

export function VersionLink({ version: { name, version } }: { version: ModelVersion }) {
  return (
    <Link
      className={styles.number}
      to="/models/$name/versions/$version"
      params={{ name, version }}
      draggable={false}
    >
      {strings.heads.version} {version}
    </Link>
  );
}
