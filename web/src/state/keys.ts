import { useEffect, useRef } from "react";
import { createStore, keep, kept } from "./store";

/** A key, or two in turn (`g e`), and what it does. */
export interface KeyCommand {
  readonly keys: string;
  readonly label: string;
  readonly group: string;
  readonly run: () => void;
}

const PAUSE = 1000; // milliseconds between the two keys of a sequence

/** What `?` lists: the keys of the shell and of the page that is shown. */
export const keymap = createStore<readonly KeyCommand[]>([]);
/** Whether single keys do anything; Ctrl-K always does. */
export const keysOn = createStore<boolean>(kept("keys", true));

export function setKeysOn(on: boolean): void {
  keep("keys", on);
  keysOn.set(on);
}

/** Let keys do something while the component is there. */
export function useKeys(commands: readonly KeyCommand[]): void {
  const latest = useRef(commands);
  latest.current = commands;
  const shape = commands.map((c) => c.keys).join("|");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shape says when they differ
  useEffect(() => {
    const mine = latest.current.map((command, i) => ({
      ...command,
      run: () => latest.current[i]?.run(),
    }));
    keymap.set([...keymap.get(), ...mine]);
    return () => keymap.set(keymap.get().filter((c) => !mine.includes(c)));
  }, [shape]);
}

const BOXES = "[type=checkbox], [type=radio], [type=range]"; // they take arrows and Space only

/** Say whether what has the focus takes letters itself. */
function takesLetters(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.matches(`input:not(${BOXES}), textarea, select, [role=menuitem]`))
  );
}

let first = "";
let firstAt = 0;

function onKey(event: KeyboardEvent): void {
  // Where brackets need AltGr, browsers say that Ctrl and Alt are held.
  const held = (event.ctrlKey || event.altKey) && !event.getModifierState("AltGraph");
  if (event.defaultPrevented || held || event.metaKey) return;
  if (!keysOn.get() || takesLetters(event.target) || document.querySelector("dialog[open]")) return;
  const now = event.timeStamp;
  const two = first && now - firstAt < PAUSE ? `${first} ${event.key}` : "";
  // The latest comes first: a page's key wins over the shell's.
  const commands = [...keymap.get()].reverse();
  const found = commands.find((c) => c.keys === two) ?? commands.find((c) => c.keys === event.key);
  if (found) {
    event.preventDefault();
    first = "";
    found.run();
  } else {
    first = event.key;
    firstAt = now;
  }
}

document.addEventListener("keydown", onKey);
