import type { LineageNode } from "../../api/schema.gen";

const MOST = 22; // letters of a line in a node

const COLOURS: Record<LineageNode["kind"], string> = {
  dataset: "--run-2",
  run: "--run-0",
  logged_model: "--run-4",
  version: "--accent",
  stage: "--run-3",
  deployment: "--run-5",
};

/** The token of the colour that a kind of thing has. */
export function colourOf({ kind }: LineageNode): string {
  return COLOURS[kind];
}

/** As much of a text as a node has room for. */
export function fitted(text: string): string {
  return text.length > MOST ? `${text.slice(0, MOST - 1)}…` : text;
}
