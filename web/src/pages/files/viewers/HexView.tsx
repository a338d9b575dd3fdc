import { strings } from "../strings";
import styles from "./viewers.module.css";

const WIDTH = 16;

/** The first bytes of a file that nothing else can show. */
export function HexView({ bytes, size }: { bytes: Uint8Array; size: number }) {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = [...bytes.subarray(at, at + WIDTH)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·"));
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(WIDTH * 3)} ${text.join("")}`);
  }
  return (
    <>
      <div className={styles.bar}>
        <span className="num">{strings.hex(bytes.length, size)}</span>
        <span>{strings.hexText}</span>
      </div>
      <pre
        className={styles.hex}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
        aria-label={strings.hex(bytes.length, size)}
        role="region"
      >
        {lines.join("\n")}
      </pre>
    </>
  );
}
