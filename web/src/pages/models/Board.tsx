import { type RefObject, useEffect, useRef, useState } from "react";
import { useMeasures } from "../../api/measures";
import { usePolicy } from "../../api/models";
import { useRequestsOf } from "../../api/requests";
import type { ModelVersion } from "../../api/schema.gen";
import { useHoldingsOf } from "../../api/versions";
import { Loaded } from "../../components/Loaded";
import { announce, useChanges } from "../../state/announced";
import { useKeys } from "../../state/keys";
import { strings as shell } from "../../strings";
import styles from "./Board.module.css";
import { Column, type Marks } from "./BoardColumn";
import { BoardFrame } from "./BoardFrame";
import { useCardDrag } from "./drag";
import { MoveDialog } from "./MoveDialog";
import { RollbackDialog } from "./RollbackDialog";
import { strings } from "./strings";

interface Move {
  readonly version: ModelVersion;
  readonly stage: string;
}

interface BoardProps {
  name: string;
  versions: readonly ModelVersion[];
  /** The metric on the cards; the first that there is when absent. */
  metric: string | undefined;
}

/** The stages of a model as columns, its versions as cards. */
export function Board({ name, versions, metric }: BoardProps) {
  const policy = usePolicy(name);
  const requests = useRequestsOf(name).data ?? [];
  const measures = useMeasures(name, versions, metric);
  const inUse = versions.find((v) => v.current_stage === "Production");
  const marks: Marks = {
    holdings: useHoldingsOf(name).data ?? [],
    requests,
    measures,
    baseline: measures.values.get(inUse?.version ?? ""),
  };
  const [move, setMove] = useState<Move | undefined>();
  const [rollback, setRollback] = useState("");
  const frame = useRef<HTMLElement>(null);
  const onMove = (number: string, stage: string) => {
    const version = versions.find((v) => v.version === number);
    if (version) setMove({ version, stage });
  };
  const { drag, begin } = useCardDrag(onMove);
  useShown(frame, versions, move);
  useChanges(versions, sayMoves);
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
          <BoardFrame frame={frame} stages={stages} dragging={drag !== undefined}>
            {stages.map((stage) => (
              <Column
                key={stage}
                stage={stage}
                stages={stages}
                versions={versions.filter((v) => v.current_stage === stage)}
                marks={marks}
                drag={drag}
                onMove={onMove}
                onRollback={setRollback}
                onPress={begin}
              />
            ))}
          </BoardFrame>
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

/** Bring a card that has been moved into sight, for its column may be beyond the board's edge. */
function useShown(
  frame: RefObject<HTMLElement | null>,
  versions: readonly ModelVersion[],
  move: Move | undefined,
): void {
  const asked = useRef<Move>(undefined);
  if (move) asked.current = move;
  useEffect(() => {
    const { version, stage } = asked.current ?? {};
    const now = versions.find((v) => v.version === version?.version);
    if (!stage || now?.current_stage !== stage) return;
    asked.current = undefined;
    const card = frame.current?.querySelector(`[data-card="${now.version}"]`);
    card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [frame, versions]);
}

/** Have said what others have moved and registered; one's own moves are said anyway. */
function sayMoves(versions: readonly ModelVersion[], before: readonly ModelVersion[]): void {
  const stages = new Map(before.map((v) => [v.version, v.current_stage]));
  for (const { version, current_stage: stage = "" } of versions) {
    const was = stages.get(version);
    if (was === undefined) announce(strings.board.come(version));
    else if (was !== stage) {
      announce(strings.board.moved(version, stage), strings.move.done(version, stage));
    }
  }
}

/** Open a card's menu; the menu listens to the keyboard of its button. */
function openMenu(card: Element): void {
  const button = card.querySelector<HTMLElement>("[aria-haspopup=menu]");
  button?.focus();
  button?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
}
