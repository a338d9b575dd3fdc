import { serverUrl } from "../../api/client";
import { useExperiment } from "../../api/experiments";
import type { Run } from "../../api/schema.gen";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { strings } from "./strings";

interface NotKeptProps {
  run: Run;
  title: string;
  /** Which runs have it. */
  text: string;
}

/** Says that a run did not keep something, and how to start one that does. */
export function NotKept({ run, title, text }: NotKeptProps) {
  const { experiment_id } = run.info;
  const name = useExperiment(experiment_id).data?.name;
  const lines = [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    ...(name ? [`cuvee.set_experiment(${JSON.stringify(name)})`] : []),
    "with cuvee.start_run():",
    "    train()",
  ];
  return (
    <Empty title={title}>
      <p>{text}</p>
      <Code label={strings.startOne} text={lines.join("\n")} />
    </Empty>
  );
}
