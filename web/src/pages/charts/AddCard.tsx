import { useState } from "react";
import { Button } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import { ImageDialog, MatrixDialog } from "./CardDialogs";
import { type Card, MOST_CARDS } from "./cards";
import type { ChartRun } from "./MetricChart";
import { NoteDialog } from "./NoteDialog";
import { strings } from "./strings";

interface AddCardProps {
  cards: readonly Card[];
  runs: readonly ChartRun[];
  onAdd: (card: Card) => void;
}

/** Puts an image or a confusion matrix of the runs, or a text, among the charts. */
export function AddCard({ cards, runs, onAdd }: AddCardProps) {
  const [adding, setAdding] = useState<"image" | "matrix" | "text">();
  const close = () => setAdding(undefined);
  const add = (card: Card) => {
    onAdd(card);
    close();
  };
  const shown = new Set(
    cards.flatMap((card) => {
      if ("image" in card) return card.image;
      return "matrix" in card ? card.matrix : [];
    }),
  );
  const why = cards.length >= MOST_CARDS ? strings.cards.enough(MOST_CARDS) : undefined;
  return (
    <>
      <Menu trigger={<Button>{strings.cards.addCard}</Button>}>
        <MenuItem why={why} onSelect={() => setAdding("image")}>
          {strings.cards.addImage}
        </MenuItem>
        <MenuItem why={why} onSelect={() => setAdding("matrix")}>
          {strings.cards.addMatrix}
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
          shown={shown}
          onChoose={(image) => add({ image })}
          onClose={close}
        />
      )}
      {adding === "matrix" && (
        <MatrixDialog
          runs={runs}
          shown={shown}
          onChoose={(matrix) => add({ matrix })}
          onImage={(image) => add({ image })}
          onClose={close}
        />
      )}
    </>
  );
}
