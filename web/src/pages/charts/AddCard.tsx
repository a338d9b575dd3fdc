import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { filesOfRuns } from "../../api/files";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Loaded } from "../../components/Loaded";
import { Menu, MenuItem } from "../../components/Menu";
import { count } from "../../lib/number";
import { picturesOf } from "../../lib/pictures";
import styles from "./Cards.module.css";
import { type Card, MOST_CARDS } from "./cards";
import type { ChartRun } from "./MetricChart";
import { NoteDialog } from "./NoteDialog";
import { strings } from "./strings";

const MOST_FILES = 1000; // of each run, in which images are looked for

interface AddCardProps {
  cards: readonly Card[];
  runs: readonly ChartRun[];
  onAdd: (card: Card) => void;
}

/** Puts an image of the runs, or a text, among the charts. */
export function AddCard({ cards, runs, onAdd }: AddCardProps) {
  const [adding, setAdding] = useState<"image" | "text">();
  const close = () => setAdding(undefined);
  const why = cards.length >= MOST_CARDS ? strings.cards.enough(MOST_CARDS) : undefined;
  return (
    <>
      <Menu trigger={<Button>{strings.cards.addCard}</Button>}>
        <MenuItem why={why} onSelect={() => setAdding("image")}>
          {strings.cards.addImage}
        </MenuItem>
        <MenuItem why={why} onSelect={() => setAdding("text")}>
          {strings.cards.addNote}
        </MenuItem>
      </Menu>
      {adding === "text" && (
        <NoteDialog text="" onSave={(text) => onAdd({ text })} onClose={close} />
      )}
      {adding === "image" && (
        <ImageDialog
          runs={runs}
          shown={new Set(cards.flatMap((card) => ("image" in card ? card.image : [])))}
          onChoose={(image) => {
            onAdd({ image });
            close();
          }}
          onClose={close}
        />
      )}
    </>
  );
}

interface ImageDialogProps {
  runs: readonly ChartRun[];
  shown: ReadonlySet<string>;
  onChoose: (key: string) => void;
  onClose: () => void;
}

/** The images that the runs have. */
function ImageDialog({ runs, shown, onChoose, onClose }: ImageDialogProps) {
  const query = useQuery(
    filesOfRuns(
      runs.map(({ id }) => id),
      MOST_FILES,
    ),
  );
  return (
    <Dialog title={strings.cards.addImage} onClose={onClose}>
      <Loaded query={query} failed={strings.cards.imagesFailed} lines={4}>
        {(found) => {
          const times = new Map<string, number>();
          for (const { files = [] } of found) {
            const keys = picturesOf(files.map(({ path }) => path)).map(({ key }) => key);
            for (const key of new Set(keys)) times.set(key, (times.get(key) ?? 0) + 1);
          }
          if (!times.size) return <p>{strings.cards.noImages}</p>;
          return (
            <ul className={styles.choices}>
              {[...times].map(([key, runs]) => (
                <li key={key}>
                  <Button kind="plain" disabled={shown.has(key)} onClick={() => onChoose(key)}>
                    {key}
                  </Button>
                  <span>{shown.has(key) ? strings.cards.there : count(runs, "run")}</span>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Dialog>
  );
}
