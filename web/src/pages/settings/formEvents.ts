import type { listRegistryWebhooks } from "../../api/schema.gen";

type Listing = Parameters<NonNullable<typeof listRegistryWebhooks.types>>[0];
type RegistryEvent = NonNullable<Listing["events"]>[number];

const pairs = (entity: string, ...actions: readonly string[]) =>
  actions.map((action) => `${entity}.${action}`);

/** All of them: one that the server has and this has not, or the other way, does not compile. */
const REGISTRY_EVENTS: Record<RegistryEvent, true> = {
  MODEL_VERSION_CREATED: true,
  MODEL_VERSION_TRANSITIONED_STAGE: true,
  TRANSITION_REQUEST_CREATED: true,
  COMMENT_CREATED: true,
  REGISTERED_MODEL_CREATED: true,
  MODEL_VERSION_TAG_SET: true,
  MODEL_VERSION_TRANSITIONED_TO_STAGING: true,
  MODEL_VERSION_TRANSITIONED_TO_PRODUCTION: true,
  MODEL_VERSION_TRANSITIONED_TO_ARCHIVED: true,
  TRANSITION_REQUEST_TO_STAGING_CREATED: true,
  TRANSITION_REQUEST_TO_PRODUCTION_CREATED: true,
  TRANSITION_REQUEST_TO_ARCHIVED_CREATED: true,
};

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
  databricks: Object.keys(REGISTRY_EVENTS),
};
