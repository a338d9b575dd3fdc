import { lazy, Suspense, useState } from "react";
import { IconButton } from "../../components/Button";
import { Menu, MenuItem } from "../../components/Menu";
import { Skeleton } from "../../components/Skeleton";
import styles from "./Cards.module.css";
import { type Card, contentOf } from "./cards";
import { ImageCard } from "./ImageCard";
import { MatrixCard } from "./MatrixCard";
import type { ChartRun } from "./MetricChart";
import { NoteDialog } from "./NoteDialog";
import { strings } from "./strings";

const NoteCard = lazy(() => import("./NoteCard"));

interface CardsProps {
  cards: readonly Card[];
  runs: readonly ChartRun[];
  onChange: (cards: readonly Card[]) => void;
}

/** The images, matrices and texts that stand above the charts. */
export function Cards({ cards, runs, onChange }: CardsProps) {
  const [edited, setEdited] = useState<number>();
  const put = (place: number, next: readonly Card[]) =>
    onChange(cards.toSpliced(place, 1, ...next));
  const shift = (place: number, step: 1 | -1) => {
    const [card] = cards.slice(place, place + 1);
    if (card) onChange(cards.toSpliced(place, 1).toSpliced(place + step, 0, card));
  };
  const editing = edited === undefined ? undefined : cards[edited];
  return (
    <div className={styles.cards}>
      {cards.map((card, place) => {
        const name = nameOf(card);
        const menu = (
          <CardMenu
            key="menu"
            name={name}
            first={place === 0}
            last={place === cards.length - 1}
            onEdit={"text" in card ? () => setEdited(place) : undefined}
            onShift={(step) => shift(place, step)}
            onRemove={() => put(place, [])}
          />
        );
        if ("image" in card) {
          return (
            <ImageCard
              key={contentOf(card)}
              image={card.image}
              step={card.step}
              runs={runs}
              menu={menu}
              onStep={(step) =>
                put(place, [{ image: card.image, ...(step !== undefined && { step }) }])
              }
            />
          );
        }
        if ("matrix" in card) {
          const { matrix } = card;
          return (
            <MatrixCard
              key={contentOf(card)}
              matrix={matrix}
              shares={card.shares === true}
              runs={runs}
              menu={menu}
              onShares={(shares) => put(place, [{ matrix, ...(shares && { shares }) }])}
            />
          );
        }
        return (
          <section key={contentOf(card)} className={styles.card} aria-label={name}>
            <div className={styles.tools}>{menu}</div>
            <Suspense fallback={<Skeleton lines={3} />}>
              <NoteCard text={card.text} />
            </Suspense>
          </section>
        );
      })}
      {edited !== undefined && editing && "text" in editing && (
        <NoteDialog
          text={editing.text}
          onSave={(text) => put(edited, text ? [{ text }] : [])}
          onClose={() => setEdited(undefined)}
        />
      )}
    </div>
  );
}

function nameOf(card: Card): string {
  if ("image" in card) return card.image;
  return "matrix" in card ? card.matrix : strings.cards.note;
}

interface CardMenuProps {
  name: string;
  /** Whether no card is before it, or after it. */
  first: boolean;
  last: boolean;
  onEdit: (() => void) | undefined;
  onShift: (step: 1 | -1) => void;
  onRemove: () => void;
}

function CardMenu({ name, first, last, onEdit, onShift, onRemove }: CardMenuProps) {
  return (
    <Menu trigger={<IconButton icon="more" kind="plain" label={strings.cards.actions(name)} />}>
      {onEdit && <MenuItem onSelect={onEdit}>{strings.cards.edit}</MenuItem>}
      {!first && <MenuItem onSelect={() => onShift(-1)}>{strings.cards.forward}</MenuItem>}
      {!last && <MenuItem onSelect={() => onShift(1)}>{strings.cards.back}</MenuItem>}
      <MenuItem onSelect={onRemove}>{strings.cards.remove}</MenuItem>
    </Menu>
  );
}
