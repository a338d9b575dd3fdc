import { type CSSProperties, type PointerEvent, useState } from "react";
import { Panel } from "../../components/Panel";
import { Segments } from "../../components/Segments";
import styles from "./ImagePair.module.css";
import { strings } from "./strings";

interface ImagePairProps {
  title: string;
  names: readonly [string, string];
  /** Where the images are; undefined for a run that has none. */
  urls: readonly [string | undefined, string | undefined];
  swipe: boolean;
  onSwipe: (on: boolean) => void;
}

/** An image of two runs: beside each other, or one over the other with an edge that one moves. */
export function ImagePair({ title, names, urls, swipe, onSwipe }: ImagePairProps) {
  const both = urls[0] !== undefined && urls[1] !== undefined;
  const choice = both && (
    <Segments<"beside" | "swipe">
      label={strings.images.label}
      value={swipe ? "swipe" : "beside"}
      choices={[
        ["beside", strings.images.beside],
        ["swipe", strings.images.swipe],
      ]}
      onChoose={(next) => onSwipe(next === "swipe")}
    />
  );
  return (
    <Panel title={title} actions={choice}>
      {swipe && both ? <Swipe names={names} urls={urls as readonly [string, string]} /> : null}
      {(!swipe || !both) && (
        <div className={styles.images}>
          {urls.map((url, i) => (
            <figure key={names[i]}>
              <figcaption>{names[i]}</figcaption>
              {url ? <img src={url} alt={names[i]} /> : <p>{strings.missingHere}</p>}
            </figure>
          ))}
        </div>
      )}
    </Panel>
  );
}

const STEP = 5; // per cent that a key moves the edge

interface SwipeProps {
  names: readonly [string, string];
  urls: readonly [string, string];
}

/** The first image at the left of an edge, the other one at its right. */
function Swipe({ names, urls }: SwipeProps) {
  const [at, setAt] = useState(50);
  const move = (event: PointerEvent<HTMLElement>) => {
    if (!event.buttons) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setAt(Math.round(Math.min(100, Math.max(0, ((event.clientX - left) / width) * 100))));
  };
  return (
    <div className={styles.swipe} style={{ "--at": `${at}%` } as CSSProperties}>
      <div
        className={styles.stack}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          move(event);
        }}
        onPointerMove={move}
      >
        <img src={urls[0]} alt={names[0]} draggable={false} />
        <img src={urls[1]} alt={names[1]} draggable={false} className={styles.over} />
        <span className={styles.edge} />
      </div>
      <label className={styles.slider}>
        <span>{names[0]}</span>
        <input
          type="range"
          min={0}
          max={100}
          step={STEP}
          value={at}
          aria-label={strings.images.edge}
          aria-valuetext={strings.images.shown(names[0], at)}
          onChange={({ target }) => setAt(Number(target.value))}
        />
        <span>{names[1]}</span>
      </label>
    </div>
  );
}
