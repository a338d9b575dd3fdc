import { CopyButton } from "../../components/CopyButton";
import { Panel } from "../../components/Panel";
import frame from "./RunParts.module.css";
import { strings } from "./strings";

/** The exception that ended a run, with the end of its traceback. */
export function Exception({ text, code }: { text: string; code: string }) {
  const last = text.trim().split("\n").at(-1) ?? "";
  return (
    <Panel
      title={code ? strings.exceptionCode(code) : strings.exception}
      flush
      actions={<CopyButton value={text} />}
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <pre className={frame.exception} tabIndex={0} aria-label={last} role="region">
        {text.trim()}
      </pre>
    </Panel>
  );
}
