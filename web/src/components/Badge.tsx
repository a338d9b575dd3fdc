import type { ReactNode } from "react";
import type { RunInfo } from "../api/schema.gen";
import styles from "./Badge.module.css";
import tones from "./Tones.module.css";

export type Tone = "plain" | "good" | "warn" | "bad" | "info" | "accent";

export function Badge({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`${styles.badge} ${tones[tone] ?? ""}`}>{children}</span>;
}

const STATUS: Record<RunInfo["status"], [Tone, string]> = {
  RUNNING: ["info", "Running"],
  SCHEDULED: ["plain", "Scheduled"],
  FINISHED: ["good", "Finished"],
  FAILED: ["bad", "Failed"],
  KILLED: ["warn", "Stopped"],
};

/** A run's status as people call it. */
export const statusName = (status: RunInfo["status"]): string => STATUS[status][1];

/** A run's status, in a word and a colour. */
export function StatusBadge({ status }: { status: RunInfo["status"] }) {
  const [tone, text] = STATUS[status];
  return (
    <Badge tone={tone}>
      <span className={`${styles.dot} ${status === "RUNNING" ? styles.live : ""}`} />
      {text}
    </Badge>
  );
}

/** The colour of a version's stage; plain for those that are in none, or at rest. */
export function stageTone(stage: string): Tone {
  const tones: Record<string, Tone> = { Production: "good", Staging: "warn" };
  const resting = ["", "None", "Archived"].includes(stage);
  return tones[stage] ?? (resting ? "plain" : "accent");
}

/** A version's stage. */
export function StageBadge({ stage }: { stage: string }) {
  return <Badge tone={stageTone(stage)}>{stage}</Badge>;
}
