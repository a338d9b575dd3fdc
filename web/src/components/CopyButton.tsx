import { useEffect, useState } from "react";
import { copyText } from "../lib/copy";
import { say } from "../state/toasts";
import { strings } from "../strings";
import { IconButton } from "./Button";

interface CopyButtonProps {
  /** A text, or what reads it first. */
  value: string | (() => Promise<string>);
  label?: string;
}

/** Copies a value; says so. */
export function CopyButton({ value, label }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      const text = typeof value === "string" ? value : await value();
      if (await copyText(text)) setCopied(true);
      else say("bad", strings.notCopied, text);
    } catch (problem) {
      say("bad", strings.wholeFailed, (problem as Error).message);
    }
  };
  return (
    <IconButton
      icon={copied ? "check" : "copy"}
      label={copied ? strings.copied : (label ?? strings.copy)}
      onClick={() => void copy()}
    />
  );
}
