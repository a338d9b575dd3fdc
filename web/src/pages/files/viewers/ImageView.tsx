import { useState } from "react";
import { Button, IconButton } from "../../../components/Button";
import { Empty } from "../../../components/Empty";
import { strings } from "../strings";
import styles from "./viewers.module.css";

const STEPS = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 8, 16];

/** An image, fitted or zoomed; no script of it runs. */
export function ImageView({ src, name }: { src: string; name: string }) {
  const [failed, setFailed] = useState(false);
  const [zoom, setZoom] = useState<number | undefined>(); // fitted when undefined
  const [natural, setNatural] = useState({ width: 0, height: 0, shown: 1 });
  if (failed) return <Empty title={strings.imageFailed} />;
  const now = zoom ?? natural.shown;
  const step = (up: boolean) => {
    const next = up ? STEPS.find((s) => s > now + 0.001) : STEPS.findLast((s) => s < now - 0.001);
    if (next) setZoom(next);
  };
  const known = natural.width > 0;
  return (
    <div className={styles.fill}>
      <div className={styles.bar}>
        <IconButton icon="zoomOut" label={strings.zoomOut} onClick={() => step(false)} />
        <IconButton icon="search" label={strings.zoomIn} onClick={() => step(true)} />
        <Button onClick={() => setZoom(undefined)}>{strings.fit}</Button>
        <Button onClick={() => setZoom(1)}>{strings.actual}</Button>
        <span className="num" role="status">
          {Math.round(now * 100)} %
        </span>
        {known && (
          <span className="num">
            {natural.width} × {natural.height}
          </span>
        )}
      </div>
      <div
        className={`${styles.image} ${zoom ? "" : styles.whole}`}
        role="region"
        aria-label={name}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
      >
        <div className={styles.fitted}>
          <img
            src={src}
            alt={name}
            style={
              zoom && known
                ? {
                    width: natural.width * zoom,
                    height: natural.height * zoom,
                    maxWidth: "none",
                    maxHeight: "none",
                  }
                : undefined
            }
            onLoad={({ currentTarget: image }) => {
              const { naturalWidth: width, naturalHeight: height } = image;
              setNatural({ width, height, shown: width ? image.width / width : 1 });
            }}
            onError={() => setFailed(true)}
          />
        </div>
      </div>
    </div>
  );
}
