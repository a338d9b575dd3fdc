import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { downloadAddress, part } from "../../api/files";
import { type Scan, useScan } from "../../api/scans";
import type { ScanBlock } from "../../api/schema.gen";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Skeleton } from "../../components/Skeleton";
import { bytes } from "../../lib/number";
import { linesOf, linesWith } from "../files/lines";
import { FindBar } from "../files/viewers/FindBar";
import { Lines } from "../files/viewers/Lines";
import styles from "../files/viewers/viewers.module.css";
import { settled } from "./facts";
import { strings } from "./strings";

interface BigLogProps {
  run: string;
  path: string;
  size: number;
}

/** A place that was gone to: a block, and which of the lines in it that have the text, if any. */
interface Place {
  readonly block: number;
  readonly hit?: number | "last";
}

const PAUSE = 250; // milliseconds without a key until a text is looked for

/**
 * A log that is too long to be read whole: the server looks through it, and says where its lines
 * are and which parts have a text; of the log itself only the part on screen is read.
 */
export function BigLog({ run, path, size }: BigLogProps) {
  const [typed, setTyped] = useState("");
  const wanted = usePaused(typed.toLowerCase());
  // The end of the log while no other place was gone to.
  const [place, setPlace] = useState<Place>();
  const index = useScan(run, path, "");
  const found = useScan(run, path, wanted, wanted !== "");
  const { blocks } = index;
  const here = place?.block ?? blocks.length - 1;
  const text = useBlock(run, path, index.done ? blocks[here] : undefined);
  const lines = useMemo(() => linesOf(settled(text.data ?? "")), [text.data]);
  const hits = useMemo(() => linesWith(lines, wanted, lines.length), [lines, wanted]);
  const asked = place?.hit === "last" ? hits.length - 1 : (place?.hit ?? -1);
  const at = Math.min(asked, hits.length - 1);
  const go = (step: 1 | -1) => {
    const next = at + step;
    if (hits.length && next >= 0 && next < hits.length) setPlace({ block: here, hit: next });
    else setPlace(beyond(found.blocks, here, step));
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for a text, when all is known
  useEffect(() => {
    if (!wanted || !found.done || !found.found) return;
    setPlace(found.blocks[here]?.found ? { block: here, hit: 0 } : beyond(found.blocks, here, 1));
  }, [wanted, found.done]);
  const problem = index.error ?? found.error ?? text.error;
  if (problem) {
    const again = index.error ? index.refetch : found.error ? found.refetch : text.refetch;
    return <ErrorNote title={strings.textsFailed} problem={problem} onRetry={() => void again()} />;
  }
  if (!index.done) return <Skeleton lines={8} />;
  const before = sum(blocks.slice(0, here), "lines");
  const last = blocks.length - 1;
  const buttons = [
    [strings.parts.begin, { block: 0 }, here > 0],
    [strings.parts.earlier, { block: here - 1 }, here > 0],
    [strings.parts.later, { block: here + 1 }, here < last],
    [strings.parts.end, undefined, here < last],
  ] as const;
  return (
    <div className={styles.fill}>
      <FindBar
        value={typed}
        onChange={setTyped}
        status={
          wanted
            ? said(found, at < 0 ? 0 : sum(found.blocks.slice(0, here), "found") + at + 1, size)
            : undefined
        }
        onGo={go}
        slash
      >
        <nav className={styles.parts} aria-label={strings.parts.label}>
          <span className="num">
            {strings.parts.shown(before + 1, before + lines.length, sum(blocks, "lines"))}
          </span>
          {buttons.map(([name, to, there]) => (
            <Button key={name} disabled={!there} onClick={() => setPlace(to)}>
              {name}
            </Button>
          ))}
        </nav>
      </FindBar>
      {text.data === undefined ? (
        <Skeleton lines={8} />
      ) : (
        <Lines
          // Another part is looked at from where it begins, not from where the last one was.
          key={here}
          lines={lines}
          before={before}
          name={strings.tabs.logs}
          wanted={wanted}
          hit={wanted ? hits[at] : undefined}
          atEnd={place === undefined}
        />
      )}
    </div>
  );
}

/** The text of a block of the log, which is all that is read of it. */
function useBlock(run: string, path: string, block: ScanBlock | undefined) {
  const { offset = 0, size = 0 } = block ?? {};
  const url = downloadAddress({ kind: "run", run }, path);
  return useQuery({
    ...part(url, offset, offset + size),
    enabled: block !== undefined,
    select: (found) => new TextDecoder().decode(found.bytes),
  });
}

/** A text once nobody has changed it for a moment. */
function usePaused(text: string): string {
  const [late, setLate] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLate(text), PAUSE);
    return () => clearTimeout(timer);
  }, [text]);
  return text && late;
}

/** The next block that has the text, or the one before; round the ends. */
function beyond(blocks: readonly ScanBlock[], here: number, step: 1 | -1): Place | undefined {
  for (let i = 1; i <= blocks.length; i += 1) {
    const block = (here + step * i + blocks.length * 2) % blocks.length;
    if (blocks[block]?.found) return { block, hit: step > 0 ? 0 : "last" };
  }
  return undefined;
}

const sum = (blocks: readonly ScanBlock[], what: "lines" | "found") =>
  blocks.reduce((all, block) => all + block[what], 0);

function said({ done, found, looked }: Scan, at: number, size: number): string {
  if (!done) return strings.parts.looking(found, bytes(looked), bytes(size));
  if (!found) return strings.parts.notFound;
  return at ? strings.parts.hit(at, found) : strings.parts.hits(found);
}
