import { useEffect, useState } from "react";
import { copyText } from "../lib/copy";
import { say } from "../state/toasts";
import { strings } from "../strings";
import { IconButton } from "./Button";

/** Copies a value; says so. */
export function CopyButton({ value, label }: { value: string; label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    void copyText(value).then((done) =>
      done ? setCopied(true) : say("bad", strings.notCopied, value),
    );
  return (
    <IconButton
      icon={copied ? "check" : "copy"}
      label={copied ? strings.copied : (label ?? strings.copy)}
      onClick={copy}
    />
  );
}
