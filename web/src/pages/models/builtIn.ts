import type { Policy } from "../../api/schema.gen";

/** The stages of models without a policy, as MLflow has them. */
export const BUILT_IN: Policy = { stages: [{ name: "Staging" }, { name: "Production" }] };
