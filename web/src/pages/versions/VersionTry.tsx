import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { callAlone } from "../../api/client";
import { type ModelVersion, type Score, scoreVersion } from "../../api/schema.gen";
import { scoringOf, useVersion } from "../../api/versions";
import { Button } from "../../components/Button";
import { Code } from "../../components/Code";
import { ErrorNote } from "../../components/ErrorNote";
import { Field } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { Panel } from "../../components/Panel";
import { Segments } from "../../components/Segments";
import { short } from "../../lib/number";
import type { ModelFacts } from "../files/model";
import { useVersionParts } from "./ModelParts";
import { versionRoute } from "./route";
import { scoringOption } from "./snippets";
import { strings } from "./strings";
import {
  beginning,
  firstRow,
  fitsForm,
  type Problem,
  question,
  questionOf,
  shownAnswer,
  wrongFields,
} from "./tryout";
import { UseIt } from "./UseIt";
import styles from "./VersionOverview.module.css";

const PICKLES = /\.(pkl|pickle|p|joblib|dill|cloudpickle|pt|pth|ckpt|sav)$/i;
const SERVING = "serving_input_example.json";

/** Code that uses a version, and a question to it where it is served. */
export function VersionTry() {
  const params = versionRoute.useParams();
  const version = useVersion(params.name, params.version).data;
  return version ? <Known version={version} /> : null;
}

function Known({ version }: { version: ModelVersion }) {
  const { name, version: number } = version;
  const { files = [], model, example, isLoading } = useVersionParts(version, () => SERVING);
  const pickles = files.filter(({ path }) => PICKLES.test(path)).map(({ path }) => path);
  const scoring = useQuery(scoringOf(name, number));
  return (
    <div className={styles.pair}>
      <Panel title={strings.tryIt}>
        <Loaded query={scoring} failed={strings.scoringFailed} lines={4}>
          {({ available }) =>
            available ? (
              !isLoading && (
                <Asking
                  key={`${name}/${number}`}
                  version={version}
                  model={model}
                  example={example}
                />
              )
            ) : (
              <Unserved version={version} />
            )
          }
        </Loaded>
      </Panel>
      <UseIt version={version} example={Boolean(model?.example)} pickles={pickles} />
    </div>
  );
}

function Unserved({ version }: { version: ModelVersion }) {
  return (
    <div className={styles.use}>
      <p>{strings.unserved}</p>
      <Code label={strings.unservedCode} text={scoringOption(version.name, version.version)} />
      <p className={styles.soft}>{strings.unservedHint}</p>
    </div>
  );
}

interface AskingProps {
  version: ModelVersion;
  model: ModelFacts | undefined;
  example: string | undefined;
}

/** A question, typed field by field or written as JSON; it is sent when somebody says so. */
function Asking({ version, model, example }: AskingProps) {
  const columns = model?.inputs ?? [];
  const form = fitsForm(columns);
  const [way, setWay] = useState<"form" | "json">(form ? "form" : "json");
  const [text, setText] = useState(() => beginning(example, columns));
  const [row, setRow] = useState(() => firstRow(beginning(example, columns), columns));
  const [wrong, setWrong] = useState<readonly Problem[]>([]);
  const { name, version: number } = version;
  const asking = useMutation({
    mutationFn: (payload: Readonly<Record<string, unknown>>) =>
      callAlone(scoreVersion, { name, version: number, payload: { ...payload } }),
  });
  const ask = (event: FormEvent) => {
    event.preventDefault();
    const bad = way === "form" ? wrongFields(row, columns) : undefined;
    const asked = way === "form" ? questionOf(row, columns) : question(text, columns);
    const problems = bad ?? (Array.isArray(asked) ? (asked as Problem[]) : []);
    setWrong(problems);
    if (problems.length === 0) asking.mutate(asked as Record<string, unknown>);
  };
  const choose = (next: "form" | "json") => {
    if (next === "json" && wrongFields(row, columns).length === 0) {
      setText(JSON.stringify(questionOf(row, columns), null, 2));
    }
    setWrong([]);
    setWay(next);
  };
  return (
    <form className={styles.use} onSubmit={ask} aria-label={strings.tryIt} noValidate>
      {form && (
        <Segments label={strings.way} value={way} choices={strings.ways} onChoose={choose} />
      )}
      {way === "form" ? (
        columns.map(({ name: column, type, optional }) => (
          <Field
            key={column}
            label={column}
            hint={strings.typeOf(type, optional)}
            problem={wrong.find((one) => one.column === column)?.text}
          >
            {(field) => (
              <input
                {...field}
                autoComplete="off"
                value={row[column] ?? ""}
                onChange={({ target }) => setRow({ ...row, [column]: target.value })}
              />
            )}
          </Field>
        ))
      ) : (
        <Field
          label={strings.question}
          hint={strings.questionHint}
          problem={wrong.map((one) => one.text).join(" ")}
        >
          {(field) => (
            <textarea
              {...field}
              className={`${field.className} ${styles.json}`}
              rows={12}
              spellCheck={false}
              value={text}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
      )}
      <div className={styles.marks}>
        <Button kind="primary" type="submit" disabled={asking.isPending}>
          {asking.isPending ? strings.asking : strings.ask}
        </Button>
        {wrong.length > 0 && <span role="alert">{strings.notAsked}</span>}
      </div>
      <div aria-live="polite">
        {asking.isError && <ErrorNote title={strings.askFailed} problem={asking.error} />}
        {asking.data && !asking.isPending && <Answered {...asking.data} />}
      </div>
    </form>
  );
}

function Answered({ body = "", problem = "", milliseconds = 0 }: Score) {
  return (
    <div className={styles.use}>
      {problem && <ErrorNote title={strings.askFailed} problem={problem} />}
      {body && (
        <>
          <strong>{problem ? strings.said : strings.predictions}</strong>
          <Code label={problem ? strings.said : strings.predictions} text={shownAnswer(body)} />
        </>
      )}
      <p className={styles.soft}>{strings.took(short(milliseconds))}</p>
    </div>
  );
}
