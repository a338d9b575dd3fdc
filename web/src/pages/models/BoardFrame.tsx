import { type ReactNode, type RefObject, useLayoutEffect, useState } from "react";
import { IconButton } from "../../components/Button";
import styles from "./Board.module.css";
import { strings } from "./strings";

/** What is beyond each side: how many columns for the most part, and whether anything is. */
interface Hidden {
  readonly before: number;
  readonly after: number;
  readonly left: boolean;
  readonly right: boolean;
}

const NONE: Hidden = { before: 0, after: 0, left: false, right: false };
const STEP = 0.8; // of the board's width that a press moves on

interface BoardFrameProps {
  frame: RefObject<HTMLElement | null>;
  stages: readonly string[];
  dragging: boolean;
  children: ReactNode;
}

/** The columns beside each other; where not all fit, how many more there are at which side. */
export function BoardFrame({ frame, stages, dragging, children }: BoardFrameProps) {
  const [hidden, setHidden] = useState(NONE);
  const look = () => {
    const next = frame.current ? hiddenIn(frame.current) : NONE;
    setHidden((now) => (same(now, next) ? now : next));
  };
  const shape = stages.join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stages say which columns there are
  useLayoutEffect(() => {
    const board = frame.current;
    if (!board) return;
    look();
    const observer = new ResizeObserver(look);
    for (const each of [board, ...board.children]) observer.observe(each);
    return () => observer.disconnect();
  }, [shape]);
  const scroll = (way: -1 | 1) => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const left = way * STEP * (frame.current?.clientWidth ?? 0);
    frame.current?.scrollBy({ left, behavior: calm ? "instant" : "smooth" });
  };
  const { before, after, left, right } = hidden;
  return (
    <div className={styles.frame}>
      {(left || right) && (
        <div className={styles.further}>
          <span>{strings.board.further(before, after)}</span>
          <IconButton
            icon="left"
            label={strings.board.toLeft}
            aria-disabled={!left}
            onClick={() => scroll(-1)}
          />
          <IconButton
            icon="right"
            label={strings.board.toRight}
            aria-disabled={!right}
            onClick={() => scroll(1)}
          />
        </div>
      )}
      <section
        className={styles.board}
        aria-label={strings.board.label}
        data-board=""
        data-before={left || undefined}
        data-after={right || undefined}
        data-dragging={dragging || undefined}
        onScroll={look}
        ref={frame}
      >
        {children}
      </section>
    </div>
  );
}

function same(one: Hidden, other: Hidden): boolean {
  const sides = one.left === other.left && one.right === other.right;
  return sides && one.before === other.before && one.after === other.after;
}

function hiddenIn(board: HTMLElement): Hidden {
  const box = board.getBoundingClientRect();
  const beyond = board.scrollWidth - board.clientWidth;
  const middles = [...board.querySelectorAll("[data-stage]")].map((column) => {
    const { left, width } = column.getBoundingClientRect();
    return left + width / 2;
  });
  return {
    before: middles.filter((at) => at < box.left).length,
    after: middles.filter((at) => at > box.right).length,
    left: board.scrollLeft > 1,
    right: board.scrollLeft < beyond - 1,
  };
}
