import { Link } from "@tanstack/react-router";
import type { PointerEvent } from "react";
import type { ModelVersion, TransitionRequest } from "../../api/schema.gen";
import { Avatar } from "../../components/Avatar";
import { Away } from "../../components/Away";
import { Badge } from "../../components/Badge";
import { IconButton } from "../../components/Button";
import { Menu, MenuItem, MenuLabel } from "../../components/Menu";
import { Time } from "../../components/Time";
import { isLessBetter } from "../../lib/goals";
import { short } from "../../lib/number";
import { checksIn } from "../../lib/review";
import styles from "./Board.module.css";
import { type Marks, VersionLink } from "./BoardColumn";
import { strings } from "./strings";

interface CardProps {
  version: ModelVersion;
  stages: readonly string[];
  marks: Marks;
  dragged: boolean;
  onMove: (stage: string) => void;
  onPress: (event: PointerEvent<HTMLElement>) => void;
}

/** A version: what it is, how good, and what is asked for it. */
export function Card({ version, stages, marks, dragged, onMove, onPress }: CardProps) {
  const number = version.version;
  const requests = marks.requests.filter((r) => r.version === number);
  const held = marks.holdings.find((h) => h.version === number && !h.until);
  return (
    <li
      className={styles.card}
      data-card={number}
      data-dragged={dragged || undefined}
      onPointerDown={onPress}
      onDragStart={(event) => event.preventDefault()}
    >
      <div className={styles.line}>
        <VersionLink version={version} />
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
      <Measured number={number} marks={marks} />
      {requests.length > 0 && (
        <div className={styles.requests}>
          {requests.map((request) => (
            <Asked key={request.id} request={request} />
          ))}
        </div>
      )}
      <div className={`${styles.line} ${styles.soft}`}>
        <Avatar name={version.user_id} />
        <span className={styles.when}>
          <Time at={held?.since ?? version.creation_timestamp} />
        </span>
      </div>
    </li>
  );
}

/** The key metric, and how far it is from the one in Production. */
function Measured({ number, marks: { measures, baseline } }: { number: string; marks: Marks }) {
  const value = measures.values.get(number);
  if (value === undefined) return null;
  const away = baseline === undefined ? 0 : value - baseline;
  return (
    <p className={styles.measure}>
      <span className={styles.key}>{measures.key}</span>
      <span className="num">{short(value)}</span>
      {away !== 0 && Number.isFinite(away) && (
        <Away
          by={away}
          isBetter={away < 0 === isLessBetter(measures.key)}
          against={strings.board.against}
        />
      )}
    </p>
  );
}

/** A pending request and what its checks say. */
function Asked({ request }: { request: TransitionRequest }) {
  const { id = "", to_stage, checks = [] } = request;
  const failed = checksIn(request, "failed").length;
  const passed = checksIn(request, "passed").length;
  const tone = failed ? "bad" : passed === checks.length ? "good" : "warn";
  return (
    <>
      <Link to="/approvals/$id" params={{ id }} draggable={false}>
        <Badge tone="info">{strings.board.asked(to_stage)}</Badge>
      </Link>
      {checks.length > 0 && (
        <Badge tone={tone}>
          {failed ? strings.board.failed(failed) : strings.board.passed(passed, checks.length)}
        </Badge>
      )}
    </>
  );
}
