import { useNavigate, useRouter } from "@tanstack/react-router";
import { useMemo } from "react";
import { serverUrl } from "../../api/client";
import { useLoggedModels, useRun } from "../../api/runs";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import { Files } from "../files/Files";
import type { Root } from "../files/rows";
import { strings as texts } from "../files/strings";
import type { FilesSearch } from "../files/view";
import { artifactsRoute } from "./route";

const TO = "/runs/$runId/artifacts";

/** The files of a run and of the models that it logged. */
export function RunFiles() {
  const { runId } = artifactsRoute.useParams();
  const search = artifactsRoute.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const run = useRun(runId).data;
  const models = useLoggedModels(run).join();
  const roots = useMemo((): Root[] => {
    const name = run?.info.run_name ?? runId;
    return [
      { of: "", name, owner: { kind: "run", run: runId } },
      ...models
        .split(",")
        .flatMap((model): Root[] =>
          model ? [{ of: model, name: texts.model(model), owner: { kind: "model", model } }] : [],
        ),
    ];
  }, [run?.info.run_name, runId, models]);
  const params = { runId };
  return (
    <Files
      roots={roots}
      search={search}
      onSearch={(next, replace = false) =>
        void navigate({ to: TO, params, search: next, replace, resetScroll: false })
      }
      href={(next: FilesSearch) => router.buildLocation({ to: TO, params, search: next }).href}
      nothing={
        <Empty title={texts.none}>
          <p>{texts.noneText}</p>
          <Code label={texts.none} text={snippet(runId)} />
        </Empty>
      }
    />
  );
}

function snippet(runId: string): string {
  return [
    "import cuvee",
    "",
    `cuvee.set_tracking_uri("${serverUrl}")`,
    `with cuvee.start_run(run_id="${runId}"):`,
    '    cuvee.log_artifact("report.html")',
  ].join("\n");
}
