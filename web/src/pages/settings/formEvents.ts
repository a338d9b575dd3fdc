const pairs = (entity: string, ...actions: readonly string[]) =>
  actions.map((action) => `${entity}.${action}`);

/** The events that a form knows, by their names there; our own form has beginnings of actions. */
export const FORM_EVENTS: Record<string, readonly string[]> = {
  mlflow: [
    ...pairs("REGISTERED_MODEL", "CREATED"),
    ...pairs("MODEL_VERSION", "CREATED"),
    ...pairs("MODEL_VERSION_TAG", "SET", "DELETED"),
    ...pairs("MODEL_VERSION_ALIAS", "CREATED", "DELETED"),
    ...pairs("PROMPT", "CREATED"),
    ...pairs("PROMPT_VERSION", "CREATED"),
    ...pairs("PROMPT_TAG", "SET", "DELETED"),
    ...pairs("PROMPT_VERSION_TAG", "SET", "DELETED"),
    ...pairs("PROMPT_ALIAS", "CREATED", "DELETED"),
    ...pairs("BUDGET_POLICY", "EXCEEDED"),
  ],
  databricks: [
    "MODEL_VERSION_CREATED",
    "MODEL_VERSION_TRANSITIONED_STAGE",
    "TRANSITION_REQUEST_CREATED",
    "COMMENT_CREATED",
    "REGISTERED_MODEL_CREATED",
    "MODEL_VERSION_TAG_SET",
    "MODEL_VERSION_TRANSITIONED_TO_STAGING",
    "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION",
    "MODEL_VERSION_TRANSITIONED_TO_ARCHIVED",
    "TRANSITION_REQUEST_TO_STAGING_CREATED",
    "TRANSITION_REQUEST_TO_PRODUCTION_CREATED",
    "TRANSITION_REQUEST_TO_ARCHIVED_CREATED",
  ],
};
