import { useEffect, useState } from "react";
import type { TextDiff } from "./diffrows";

export interface Question {
  readonly id: number;
  readonly before: string;
  readonly after: string;
}

export interface Answer {
  readonly id: number;
  readonly found: TextDiff;
}

interface Waiting {
  readonly resolve: (found: TextDiff) => void;
  readonly reject: (problem: Error) => void;
}

let worker: Worker | undefined;
let asked = 0;
const waiting = new Map<number, Waiting>();

/** Find what two texts have in common on a thread of its own; the page goes on meanwhile. */
function askAside(before: string, after: string): Promise<TextDiff> {
  return new Promise((resolve, reject) => {
    worker ??= begun();
    asked += 1;
    waiting.set(asked, { resolve, reject });
    worker.postMessage({ id: asked, before, after } satisfies Question);
  });
}

function begun(): Worker {
  const fresh = new Worker(new URL("./textdiff.worker.ts", import.meta.url), { type: "module" });
  fresh.onmessage = ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.resolve(data.found);
    waiting.delete(data.id);
  };
  // It could not be loaded, or has no memory left: who waits is told, and who asks next gets another.
  fresh.onerror = (event) => {
    fresh.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new Error(event.message));
    waiting.clear();
  };
  return fresh;
}

interface Aside {
  readonly found?: TextDiff;
  readonly problem?: Error;
  /** Ask once more. */
  readonly again: () => void;
}

/** What two texts have in common, once it is known. */
export function useTextDiff(before: string, after: string): Aside {
  const [state, setState] = useState<Omit<Aside, "again">>({});
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt asks the same
  useEffect(() => {
    let gone = false;
    setState({});
    askAside(before, after).then(
      (found) => gone || setState({ found }),
      (problem: Error) => gone || setState({ problem }),
    );
    return () => {
      gone = true;
    };
  }, [before, after, attempt]);
  return { ...state, again: () => setAttempt((last) => last + 1) };
}
