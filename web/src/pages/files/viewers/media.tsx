import { useState } from "react";
import { Empty } from "../../../components/Empty";
import { strings } from "../strings";
import styles from "./viewers.module.css";

interface MediaProps {
  src: string;
  name: string;
}

/** A document in a frame of its own: without an origin, it reaches neither Cuvee nor the network. */
export function FrameView({ src, name, scripts }: MediaProps & { scripts?: boolean }) {
  return (
    <iframe
      className={styles.frame}
      src={src}
      title={name}
      referrerPolicy="no-referrer"
      sandbox={scripts ? "allow-scripts" : undefined}
    />
  );
}

/** A sound or a film, played by the browser. */
export function MediaView({ src, name, kind: Media }: MediaProps & { kind: "audio" | "video" }) {
  const [failed, setFailed] = useState(false);
  if (failed) return <Empty title={strings.mediaFailed} />;
  return (
    <div className={styles.media}>
      <Media
        controls
        src={src}
        aria-label={name}
        preload="metadata"
        onError={() => setFailed(true)}
      />
    </div>
  );
}
