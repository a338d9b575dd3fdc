import { Link } from "@tanstack/react-router";
import { serverUrl } from "../../api/client";
import { useModelsNamed } from "../../api/models";
import { Code } from "../../components/Code";
import { Empty } from "../../components/Empty";
import type { ApprovalsTab } from "./route";
import { strings } from "./strings";

/** Why there is no request or emergency, and how one is made, decided or looked for. */
export function NothingAsked({ tab }: { tab: ApprovalsTab }) {
  const newest = useModelsNamed("", 1).data?.registered_models?.[0];
  const version = newest?.latest_versions?.[0]?.version ?? "1";
  const of = `${JSON.stringify(newest?.name)}, ${version}, "Production"`;
  const calls = {
    review: "client.search_waiting_requests()",
    mine: `client.request_transition(${of}, comment="why")`,
    done: `client.approve_transition(${of}, comment="why")`,
    emergencies: `client.transition_model_version_stage(\n    ${of}, comment="why", break_glass=True\n)`,
  };
  const text = `import cuvee\n\nclient = cuvee.MlflowClient("${serverUrl}")\n${calls[tab]}`;
  return (
    <Empty title={strings.none[tab]}>
      <p>{strings.noneText[tab]}</p>
      {(tab === "review" || tab === "mine") && <Link to="/models">{strings.toModels}</Link>}
      {newest && <Code label={strings.codeOf[tab]} text={text} />}
    </Empty>
  );
}
