import { useMutation } from "@tanstack/react-query";
import { useId } from "react";
import { evidenceOf, remember } from "../../api/audit";
import { serverUrl } from "../../api/client";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { Icon, type IconName } from "../../components/Icon";
import { canHash } from "../../lib/merkle";
import { grouped } from "../../lib/number";
import { check, type Evidence, type Finding } from "../../lib/proof";
import { createStore, keep, kept, useStore } from "../../state/store";
import styles from "./Audit.module.css";
import { proof as strings } from "./strings";

const KNOWN = "logKey";
const known = createStore(kept(KNOWN, ""));

interface Outcome {
  readonly sequence: number;
  readonly evidence: Evidence;
  readonly findings: readonly Finding[];
  readonly holds: boolean;
}

/** Proves, in this browser, that an event is in the signed log, and says what that means. */
export function Proof({ sequence, object }: { sequence: number; object?: string | undefined }) {
  const key = useStore(known);
  const proving = useMutation({ mutationFn: () => prove(sequence, key.trim()) });
  const form = useId();
  const outcome = proving.data?.sequence === sequence ? proving.data : undefined;
  const signer = outcome?.evidence.checkpoint.key ?? key.trim();
  if (!canHash()) {
    return (
      <div className={styles.proof}>
        <p>{strings.notHere}</p>
        <Commands sequence={sequence} object={object} signer={signer} />
      </div>
    );
  }
  return (
    <div className={styles.proof}>
      <p className={styles.soft}>{strings.intro}</p>
      <form
        id={form}
        className={styles.proof}
        onSubmit={(event) => {
          event.preventDefault();
          proving.mutate();
        }}
      >
        <Field label={strings.key} hint={strings.keyHint}>
          {(field) => (
            <input
              {...field}
              value={key}
              spellCheck={false}
              autoComplete="off"
              onChange={({ target }) => {
                known.set(target.value);
                keep(KNOWN, target.value);
              }}
            />
          )}
        </Field>
        <div>
          <Button kind="primary" type="submit" icon="check" disabled={proving.isPending}>
            {outcome ? strings.again : strings.run}
          </Button>
        </div>
      </form>
      {proving.isError && <ErrorNote title={strings.failed} problem={proving.error} />}
      {proving.data === null && <p role="status">{strings.unsigned}</p>}
      {outcome && <Verdict outcome={outcome} />}
      <Commands sequence={sequence} object={object} signer={signer} />
    </div>
  );
}

async function prove(sequence: number, key: string): Promise<Outcome | null> {
  const evidence = await evidenceOf(sequence, key);
  if (!evidence) return null;
  const findings = await check(evidence);
  const holds = findings.every(({ state }) => state !== "bad");
  if (holds) remember(evidence);
  return { sequence, evidence, findings, holds };
}

function Verdict({ outcome: { findings, holds } }: { outcome: Outcome }) {
  return (
    <div className={styles.proof} role={holds ? "status" : "alert"}>
      <p className={`${styles.verdict} ${holds ? styles.good : styles.bad}`}>
        {holds ? strings.good : strings.bad}
      </p>
      {!holds && <p>{strings.badText}</p>}
      <ul className={styles.findings}>
        {findings.map((finding) => (
          <li key={finding.what}>
            <span className={styles[finding.state]}>
              <Icon name={ICONS[finding.state]} />
              <span className="hidden">{strings.states[finding.state]}: </span>
            </span>
            <span>{inWords(finding)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

const ICONS: Record<Finding["state"], IconName> = { good: "check", bad: "close", unknown: "warn" };

function inWords({ what, state, count, erased = 0, value = "" }: Finding): string {
  const number = grouped(count);
  switch (what) {
    case "entry":
      return state === "good" ? strings.entry.good(value.slice(0, 16)) : strings.entry.bad;
    case "texts": {
      if (state === "bad") return strings.texts.bad;
      const there =
        count || !erased ? [count ? strings.texts.good(count) : strings.texts.none] : [];
      return [...there, ...(erased ? [strings.texts.erased(erased)] : [])].join(" ");
    }
    case "path":
      return state === "good" ? strings.path.good(count, grouped(Number(value))) : strings.path.bad;
    case "signature":
      return state === "good" ? strings.signature.good(number) : strings.signature[state];
    case "key":
      return strings.known[state];
    case "kept":
      return state === "unknown" ? strings.kept.unknown : strings.kept[state](number);
  }
}

interface CommandsProps {
  sequence: number;
  object: string | undefined;
  signer: string;
}

function Commands({ object, signer }: CommandsProps) {
  const key = signer ? ` --key ${signer}` : "";
  const lines = [strings.whole, `cuvee audit verify ${serverUrl}${key}`];
  if (object) {
    lines.push(
      strings.bundle,
      `cuvee audit export event.zip --object '${object.replaceAll("'", "'\\''")}' --tracking-uri ${serverUrl}`,
      `python verifier.py event.zip${key}`,
    );
  }
  return (
    <>
      <p className={styles.soft}>{strings.limits}</p>
      <Code label={strings.offline} text={lines.join("\n")} />
    </>
  );
}
