import { Empty } from "../../components/Empty";
import { AddCard } from "./AddCard";
import { Cards } from "./Cards";
import styles from "./Charts.module.css";
import type { Card } from "./cards";
import type { ChartRun } from "./MetricChart";
import { runStrings as strings } from "./runStrings";

interface CardsOnlyProps {
  runs: readonly ChartRun[];
  cards: readonly Card[] | undefined;
  onCards: (cards: readonly Card[] | undefined) => void;
}

/** The images and texts of runs that have no metric yet. */
export function CardsOnly({ runs, cards = [], onCards }: CardsOnlyProps) {
  return (
    <section className={styles.charts} aria-label={strings.cards}>
      <div className={styles.bar}>
        <AddCard cards={cards} runs={runs} onAdd={(card) => onCards([...cards, card])} />
      </div>
      {cards.length > 0 && (
        <Cards
          cards={cards}
          runs={runs}
          onChange={(next) => onCards(next.length ? next : undefined)}
        />
      )}
      <Empty title={strings.noMetrics}>
        <p>{strings.noMetricsText}</p>
      </Empty>
    </section>
  );
}
