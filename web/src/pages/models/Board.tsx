import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { usePolicy } from "../../api/models";
import { useRequestsOf } from "../../api/requests";
import type { Holding, ModelVersion, TransitionRequest } from "../../api/schema.gen";
import { useHoldingsOf } from "../../api/versions";
import { Avatar } from "../../components/Avatar";
import { Badge, StageBadge } from "../../components/Badge";
import { Button, IconButton } from "../../components/Button";
import { Loaded } from "../../components/Loaded";
import { Menu, MenuItem, MenuLabel } from "../../components/Menu";
import { Time } from "../../components/Time";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import styles from "./Board.module.css";
import { MoveDialog } from "./MoveDialog";
import { RollbackDialog } from "./RollbackDialog";
import { strings } from "./strings";

const FIRST = 20; // cards of a column until more are asked for

interface Move {
  readonly version: ModelVersion;
  readonly stage: string;
}

/** The stages of a model as columns, its versions as cards. */
export function Board({ name, versions }: { name: string; versions: readonly ModelVersion[] }) {
  const policy = usePolicy(name);
  const holdings = useHoldingsOf(name).data ?? [];
  const requests = useRequestsOf(name).data ?? [];
  const [move, setMove] = useState<Move | undefined>();
  const [rollback, setRollback] = useState("");
  const frame = useRef<HTMLDivElement>(null);
  useKeys([
    {
      keys: "m",
      label: strings.board.key,
      group: shell.keys.page,
      run: () => {
        const card = document.activeElement?.closest("[data-card]");
        if (card && frame.current?.contains(card)) openMenu(card);
      },
    },
  ]);
  return (
    <Loaded query={policy} failed={strings.versionsFailed}>
      {({ stages = [] }) => (
        <>
          <section className={styles.board} aria-label={strings.board.label} ref={frame}>
            {stages.map((stage) => (
              <Column
                key={stage}
                stage={stage}
                stages={stages}
                versions={versions.filter((v) => v.current_stage === stage)}
                holdings={holdings}
                requests={requests}
                onMove={setMove}
                onRollback={setRollback}
              />
            ))}
          </section>
          <p className={styles.hint}>{strings.board.hint}</p>
          {move && (
            <MoveDialog
              name={name}
              version={move.version}
              stage={move.stage}
              held={versions.filter((v) => v.current_stage === move.stage)}
              policy={policy.data?.policy?.stages.find((s) => s.name === move.stage)}
              requests={requests.filter((r) => r.version === move.version.version)}
              onClose={() => setMove(undefined)}
            />
          )}
          {rollback && (
            <RollbackDialog
              name={name}
              stage={rollback}
              former={policy.data?.policy?.stages.find((s) => s.name === rollback)?.former}
              onClose={() => setRollback("")}
            />
          )}
        </>
      )}
    </Loaded>
  );
}

/** Open a card's menu; the menu listens to the keyboard of its button. */
function openMenu(card: Element): void {
  const button = card.querySelector<HTMLElement>("[aria-haspopup=menu]");
  button?.focus();
  button?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
}

interface ColumnProps {
  stage: string;
  stages: readonly string[];
  versions: readonly ModelVersion[];
  holdings: readonly Holding[];
  requests: readonly TransitionRequest[];
  onMove: (move: Move) => void;
  onRollback: (stage: string) => void;
}

function Column({ stage, stages, versions, holdings, requests, onMove, onRollback }: ColumnProps) {
  const [all, setAll] = useState(false);
  const held = versions.length > 0 && stage !== "None" && stage !== "Archived";
  const shown = all ? versions : versions.slice(0, FIRST);
  return (
    <section
      className={styles.column}
      aria-label={strings.board.column(stage, versions.length)}
      data-stage={stage}
    >
      <div className={styles.head}>
        <StageBadge stage={stage} />
        <span className={`num ${styles.count}`}>{versions.length}</span>
        {held && (
          <span className={styles.menu}>
            <Menu trigger={<IconButton icon="more" label={strings.board.stageActions(stage)} />}>
              <MenuItem onSelect={() => onRollback(stage)}>{strings.board.rollback}</MenuItem>
            </Menu>
          </span>
        )}
      </div>
      <ul className={styles.cards}>
        {shown.map((version) => (
          <Card
            key={version.version}
            version={version}
            stages={stages}
            requests={requests.filter((r) => r.version === version.version)}
            since={holdings.find((h) => h.version === version.version && !h.until)?.since}
            onMove={(to) => onMove({ version, stage: to })}
          />
        ))}
        {!versions.length && <li className={styles.none}>{strings.board.empty}</li>}
        {shown.length < versions.length && (
          <li>
            <Button onClick={() => setAll(true)}>
              {strings.board.more(versions.length - shown.length)}
            </Button>
          </li>
        )}
      </ul>
    </section>
  );
}

interface CardProps {
  version: ModelVersion;
  stages: readonly string[];
  requests: readonly TransitionRequest[];
  since: number | undefined;
  onMove: (stage: string) => void;
}

function Card({ version, stages, requests, since, onMove }: CardProps) {
  const { name, version: number } = version;
  return (
    <li className={styles.card} data-card={number}>
      <div className={styles.line}>
        <Link
          className={styles.number}
          to="/models/$name/versions/$version"
          params={{ name, version: number }}
        >
          {strings.heads.version} {number}
        </Link>
        {(version.aliases ?? []).map((alias) => (
          <Badge key={alias}>@{alias}</Badge>
        ))}
        <span className={styles.menu}>
          <Menu trigger={<IconButton icon="more" label={strings.board.actions(number)} />}>
            <MenuLabel>{strings.board.moveTo}</MenuLabel>
            {stages
              .filter((stage) => stage !== version.current_stage)
              .map((stage) => (
                <MenuItem key={stage} onSelect={() => onMove(stage)}>
                  {stage}
                </MenuItem>
              ))}
          </Menu>
        </span>
      </div>
      {version.description && <p className={styles.text}>{version.description}</p>}
      {requests.length > 0 && (
        <div className={styles.requests}>
          {requests.map(({ id = "", to_stage }) => (
            <Link key={id} to="/approvals/$id" params={{ id }}>
              <Badge tone="info">{strings.board.asked(to_stage)}</Badge>
            </Link>
          ))}
        </div>
      )}
      <div className={`${styles.line} ${styles.soft}`}>
        <Avatar name={version.user_id} />
        <span className={styles.when}>
          <Time at={since ?? version.creation_timestamp} />
        </span>
      </div>
    </li>
  );
}
