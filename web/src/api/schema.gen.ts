// Made from /api/openapi.json by tests/structure/ui_types.py; do not edit.

/** A number, or one of those that JSON cannot write. */
export type Float = number | "NaN" | "Infinity" | "-Infinity";

/** Something that can be asked of the server; `call` asks it. */
export interface Operation<Request, Answer> {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  /** Whether it can be asked together with others. */
  readonly together: boolean;
  readonly types?: (request: Request) => Answer;
}

function operation<Request, Answer>(
  name: string,
  method: string,
  path: string,
  together = false,
): Operation<Request, Answer> {
  return { name, method, path, together };
}

/** A level for one user, group or service account. */
export interface AccessEntry {
  permission_level: "CAN_CREATE" | "CAN_EDIT" | "CAN_MANAGE" | "CAN_MANAGE_PRODUCTION_VERSIONS" | "CAN_MANAGE_STAGING_VERSIONS" | "CAN_READ" | "CAN_USE" | "DENY";
  user_name?: string;
  group_name?: string;
  service_principal_name?: string;
}

/** The levels of one user, group or service account. */
export interface AccessHeld {
  user_name?: string;
  group_name?: string;
  service_principal_name?: string;
  display_name?: string;
  all_permissions?: LevelHeld[];
}

/** Something that was done about a version's stage, or said about the version. */
export interface Activity {
  id: string;
  activity_type: "APPLIED_TRANSITION" | "APPROVED_REQUEST" | "CANCELLED_REQUEST" | "NEW_COMMENT" | "REJECTED_REQUEST" | "REQUESTED_TRANSITION" | "SYSTEM_TRANSITION";
  user_id: string;
  comment?: string;
  system_comment?: string;
  from_stage?: string;
  to_stage?: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  request_id?: string;
  available_actions?: ("APPROVE_TRANSITION_REQUEST" | "CANCEL_TRANSITION_REQUEST" | "DELETE_COMMENT" | "EDIT_COMMENT" | "REJECT_TRANSITION_REQUEST")[];
  state?: "allowed" | "refused" | "waiting" | null;
  approvals?: string[];
  required_approvals?: number;
  missing?: string[];
  void_approvals?: VoidApproval[];
}

/** A page of activities and the token of the next. */
export interface ActivityPage {
  activities?: Activity[];
  next_page_token?: string | null;
}

/** One activity. */
export interface ActivityResult {
  activity: Activity;
}

/** How many events have lost their address. */
export interface AddressesErased {
  events: number;
}

/** What a question would have been answered if it had been asked alone. */
export interface Answered {
  status: number;
  body: unknown;
}

/** The answers, in the order of the questions. */
export interface Answers {
  answers: Answered[];
}

/** The files of a directory. */
export interface ArtifactPage {
  root_uri?: string | null;
  files?: FileInfo[];
  next_page_token?: string | null;
}

/** A user's membership in a role. */
export interface Assignment {
  id: number;
  user_id: number;
  role_id: number;
}

/** Memberships by user. */
export interface AssignmentList {
  assignments: Assignment[];
}

/** One membership. */
export interface AssignmentResult {
  assignment: Assignment;
}

/** A request that was sent. */
export interface Attempt {
  started: number;
  duration: number;
  status?: number | null;
  problem?: string;
}

/** The run of an experiment in which a metric was at its best, and how good that was. */
export interface BestRun {
  key: string;
  value: Float;
  less: boolean;
  run_id: string;
  run_name: string;
}

/** The curves that were asked for, by run and key in the order asked; empty ones left out. */
export interface Chart {
  series?: Curve[];
}

/** The result of a named check. */
export interface Check {
  name: string;
  passed: boolean;
  url?: string;
  details?: string;
  digest?: string;
  counts?: boolean;
  user_id: string;
  creation_timestamp: number;
}

/** The checks of a version, by name. */
export interface CheckList {
  checks?: Check[];
}

/** One check. */
export interface CheckReply {
  check: Check;
}

/** What became of a required check; one that is ``unknown`` has not passed. */
export interface CheckResult {
  check: string;
  state: "failed" | "passed" | "unknown";
  reason: string;
}

/** A signed statement of what the log holds. */
export interface Checkpoint {
  size: number;
  root: string;
  key: string;
  note: string;
  created: number;
}

/** Checkpoints, in the order of their sizes. */
export interface CheckpointPage {
  checkpoints: Checkpoint[];
}

/** Bytes that nothing names: how many blobs, their size, and where to go on. */
export interface Collected {
  count?: number;
  size?: number;
  next_page_token?: string | null;
}

/** A column, or a param, of the signature. */
export interface ColumnChange {
  part: "inputs" | "outputs" | "params";
  name: string;
  before?: string | null;
  after?: string | null;
  breaks?: string;
}

/** A page of comments and the token of the next. */
export interface CommentPage {
  comments?: VersionComment[];
  next_page_token?: string | null;
}

/** One comment. */
export interface CommentResult {
  comment: VersionComment;
}

/** A text that can stand in some place. */
export interface Completion {
  text: string;
  kind: string;
  runs?: number | null;
}

/** What can stand at the cursor. */
export interface Completions {
  start: number;
  end: number;
  completions?: Completion[];
  check?: SearchCheck | null;
}

/** The proof that a log is an older log continued (RFC 9162, section 2.1.4.2). */
export interface Consistency {
  from_size: number;
  to_size: number;
  from_root: string;
  to_root: string;
  proof: string[];
}

/** The user who asks; ``is_basic_auth`` says that a password would be one's own to change. */
export interface CurrentUser {
  user: User;
  is_basic_auth: boolean;
}

/** One metric of one run in buckets, in the order of x: lists of equal length. */
export interface Curve {
  run_id: string;
  key: string;
  x: Float[];
  last: Float[];
  min: Float[];
  x_min: Float[];
  max: Float[];
  x_max: Float[];
  mean: Float[];
  count: number[];
  nans: number[];
}

/** Data that a run has read, identified by name and digest within an experiment. */
export interface Dataset {
  name: string;
  digest: string;
  source_type: string;
  source: string;
  schema?: string | null;
  profile?: string | null;
}

/** A dataset that metrics must have been measured on. */
export interface DatasetFilter {
  dataset_name: string;
  dataset_digest?: string | null;
}

/** A dataset as a run used it. */
export interface DatasetInput {
  dataset: Dataset;
  tags?: InputTag[];
}

/** The datasets of some experiments. */
export interface DatasetSummaries {
  dataset_summaries?: DatasetSummary[];
}

/** A dataset's name, digest and context in an experiment. */
export interface DatasetSummary {
  experiment_id: string;
  name: string;
  digest: string;
  context?: string | null;
}

/** One message to one webhook. */
export interface Delivery {
  delivery_id: string;
  webhook_id: string;
  event: number;
  kind: string;
  state: string;
  attempts: number;
  due?: number | null;
  status?: number | null;
  problem?: string;
  payload?: string;
  attempt_log?: Attempt[];
  creation_timestamp: number;
  last_updated_timestamp: number;
}

/** A page of deliveries and the token of the next. */
export interface DeliveryPage {
  deliveries?: Delivery[];
  next_page_token?: string | null;
}

/** Where the demo data are. */
export interface DemoData {
  experiment?: string;
  model?: string;
  problem?: string;
}

/** That a version runs, or ran, somewhere. */
export interface Deployment {
  id: string;
  name: string;
  version: string;
  target: string;
  url?: string;
  user_id: string;
  since: number;
  until?: number | null;
  ended_by?: string;
}

/** A page of deployments, newest first, and the token of the next. */
export interface DeploymentPage {
  deployments?: Deployment[];
  next_page_token?: string | null;
}

/** One deployment. */
export interface DeploymentReply {
  deployment: Deployment;
  replaced?: string;
}

/** Where a version's files are. */
export interface DownloadUri {
  artifact_uri: string;
}

/** A move past the policy, which somebody else must review and close. */
export interface Emergency {
  id: string;
  name: string;
  version: string;
  stage: string;
  user_id: string;
  comment: string;
  creation_timestamp: number;
  closed_timestamp?: number | null;
  closed_by?: string;
  conclusion?: string;
  refused?: string;
}

/** A page of emergencies and the token of the next. */
export interface EmergencyPage {
  emergencies?: Emergency[];
  next_page_token?: string | null;
}

/** One emergency. */
export interface EmergencyReply {
  emergency: Emergency;
}

/** A result that says nothing but "done". */
export type Empty = Record<string, unknown>;

/** A file that says what a model needs, as it was registered. */
export interface EnvironmentFile {
  path: string;
  text: string;
}

export interface Error {
  error_code: string;
  message: string;
}

/** One change. */
export interface Event {
  sequence: number;
  time: number;
  actor: string;
  via: string;
  action: string;
  object: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
  comment?: string;
  details?: Record<string, unknown>;
  address?: string;
}

/** A page of events; send ``next_page_token`` as ``page_token`` to go on. */
export interface EventPage {
  events?: Event[];
  next_page_token?: string | null;
  total?: number | null;
}

/** An evidence pack, to be written as an archive. */
export interface Evidence {
  name: string;
  version: string;
  digest?: string;
  members: EvidenceMember[];
  missing?: Gap[];
}

/** A file of a pack. */
export interface EvidenceMember {
  path: string;
  text: string;
}

/** A named collection of runs. */
export interface Experiment {
  experiment_id: string;
  name: string;
  artifact_location: string;
  lifecycle_stage: string;
  last_update_time: number;
  creation_time: number;
  tags?: ExperimentTag[];
  workspace?: string;
}

/** The id of the new experiment. */
export interface ExperimentCreated {
  experiment_id: string;
}

/** The runs of an experiment at a glance; those of a deleted one are its deleted runs. */
export interface ExperimentOverview {
  experiment_id: string;
  user_id?: string | null;
  runs?: number;
  more?: boolean;
  running?: number;
  last_run?: number | null;
  days?: number[];
  best?: BestRun | null;
}

/** Experiments at a glance, in the order in which they were asked for. */
export interface ExperimentOverviews {
  experiments?: ExperimentOverview[];
}

/** A page of experiments, the token of the next, and how many pass if that was asked for. */
export interface ExperimentPage {
  experiments?: Experiment[];
  next_page_token?: string | null;
  total?: number | null;
}

/** One experiment. */
export interface ExperimentResult {
  experiment: Experiment;
}

/** A key and a value on an experiment. */
export interface ExperimentTag {
  key: string;
  value?: string;
}

/** A file; digest (sha256) and size are absent where it is not there. */
export interface FileChange {
  path: string;
  before?: string | null;
  after?: string | null;
  before_size?: number | null;
  after_size?: number | null;
}

/** A file or directory in a listing; ``file_size`` (bytes) is absent for directories. */
export interface FileInfo {
  path: string;
  is_dir: boolean;
  file_size?: number | null;
}

/** Parts of a text file, in their order; none of a file that the run has not, or not here. */
export interface FileScan {
  digest?: string;
  size?: number;
  blocks?: ScanBlock[];
  next_offset?: number | null;
}

/** What files say that have a digest; bytes that are no UTF-8 become U+FFFD. */
export interface FileText {
  digest: string;
  text: string;
  complete?: boolean;
}

/** A folder and how many experiments lie in it and in its folders. */
export interface Folder {
  path: string;
  experiments: number;
}

/** How many experiments were changed. */
export interface FolderChanged {
  count: number;
}

/** What lies in a folder. */
export interface FolderListing {
  folders?: Folder[];
  experiments?: Experiment[];
  count?: number;
}

/** A model that the caller follows. */
export interface FollowedModel {
  name: string;
  since: number;
  seen: number;
  unread?: number;
  events?: Event[];
}

/** The models that the caller follows and may read, those with the newest events first. */
export interface FollowedModels {
  sequence: number;
  models?: FollowedModel[];
  hidden?: number;
}

/** Something that is missing: about what (``review``, ``data`` ...), in a sentence. */
export interface Gap {
  topic: string;
  says: string;
}

/** A level that a user or a group has on an object. */
export interface Grant {
  object: string;
  permission: "CAN_CREATE" | "CAN_EDIT" | "CAN_MANAGE" | "CAN_MANAGE_PRODUCTION_VERSIONS" | "CAN_MANAGE_STAGING_VERSIONS" | "CAN_READ" | "CAN_USE" | "DENY";
  user?: string;
  group?: string;
  stage?: string;
  granted_by?: string;
  created?: number;
}

/** Some grants. */
export interface GrantList {
  grants?: Grant[];
}

/** A group of users. */
export interface Group {
  id: number;
  name: string;
  description?: string;
  created?: number;
  members?: string[];
}

/** Groups by name. */
export interface GroupList {
  groups: Group[];
}

/** One group. */
export interface GroupResult {
  group: Group;
}

/** A time during which a version held a stage. */
export interface Holding {
  version: string;
  stage: string;
  since: number;
  until?: number | null;
  user_id?: string;
  ended_by?: string;
  deleted?: boolean;
}

/** A page of holdings, newest first, and the token of the next. */
export interface HoldingPage {
  holdings?: Holding[];
  next_page_token?: string | null;
}

/** A webhook of any form. */
export interface Hook {
  webhook_id: string;
  form: string;
  name?: string;
  description?: string;
  url: string;
  actions?: string[];
  model?: string | null;
  status: string;
  signed?: boolean;
  authorized?: boolean;
  header_names?: string[];
  verify?: boolean;
  user_id?: string;
  vouched_by?: string;
  problem?: string;
  pending?: number;
  dead?: number;
  creation_timestamp: number;
  last_updated_timestamp: number;
}

/** A header that a webhook is sent with. */
export interface HookHeader {
  name: string;
  value?: string | null;
}

/** A page of webhooks and the token of the next. */
export interface HookPage {
  webhooks?: Hook[];
  next_page_token?: string | null;
}

/** One webhook. */
export interface HookResult {
  webhook: Hook;
}

/** Where to send, and how to prove who sends; ``secret`` and ``authorization`` stay here. */
export interface HttpUrlSpec {
  url: string;
  enable_ssl_verification?: boolean | null;
  secret?: string | null;
  authorization?: string | null;
}

/** Where a webhook is sent, without its secrets. */
export interface HttpUrlSpecShown {
  url: string;
  enable_ssl_verification: boolean;
}

/** The proof that an entry is in the log; check it with RFC 9162, section 2.1.3.2. */
export interface Inclusion {
  sequence: number;
  size: number;
  leaf: string;
  root: string;
  proof: string[];
}

/** A key and a value on the use of a dataset by a run. */
export interface InputTag {
  key: string;
  value?: string;
}

/** Which job of a workspace to run; ``access_token`` stays here. */
export interface JobSpec {
  job_id: string;
  access_token: string;
  workspace_url?: string | null;
}

/** Which job a webhook runs, without its token. */
export interface JobSpecShown {
  job_id: string;
  workspace_url: string;
}

/** A view of a page. */
export interface KeptView {
  view_id: string;
  query: string;
}

/** A metric of the run behind a version. */
export interface KeyMetric {
  key: string;
  value: Float;
  version: string;
  stage: string;
}

/** When a run's process was last heard of, and until when it need not be. */
export interface Lease {
  run_id: string;
  status: "FAILED" | "FINISHED" | "KILLED" | "RUNNING" | "SCHEDULED";
  last_seen?: number;
  expires?: number;
  lost?: boolean;
  reopened?: boolean;
  tail?: string;
}

/** One lease. */
export interface LeaseResult {
  lease: Lease;
}

/** A level, and where it comes from when it was not given on the object itself. */
export interface LevelHeld {
  permission_level: "CAN_CREATE" | "CAN_EDIT" | "CAN_MANAGE" | "CAN_MANAGE_PRODUCTION_VERSIONS" | "CAN_MANAGE_STAGING_VERSIONS" | "CAN_READ" | "CAN_USE" | "DENY";
  inherited: boolean;
  inherited_from_object?: string[];
}

/** A level and what it allows. */
export interface LevelMeaning {
  permission_level: string;
  description: string;
}

/** The levels that an object can be given for. */
export interface LevelMeanings {
  permission_levels: LevelMeaning[];
}

/** A graph. */
export interface Lineage {
  root: string;
  nodes: LineageNode[];
  edges?: LineageEdge[];
  complete?: boolean;
}

/** One thing that comes from another. */
export interface LineageEdge {
  source: string;
  target: string;
  kind: "copied" | "deployed" | "forked" | "holds" | "input" | "logged" | "nested" | "registered";
}

/** Something in a lineage; of what is hidden or missing only ``id``, ``kind`` and ``ref``. */
export interface LineageNode {
  id: string;
  kind: "dataset" | "deployment" | "logged_model" | "run" | "stage" | "version";
  ref: string;
  name?: string;
  state?: "" | "deleted" | "hidden" | "missing";
  status?: string;
  user_id?: string;
  time?: number | null;
  experiment_id?: string;
  run_id?: string;
  url?: string;
}

/** How often a model was loaded: by a user, on a day, by a user on it, or one of its versions. */
export interface Loads {
  count: number;
  first: number;
  last: number;
  user_id?: string;
  day?: string;
  version?: string;
}

/** A page of counts, and the token of the next. */
export interface LoadsPage {
  loads?: Loads[];
  next_page_token?: string | null;
}

/** What the log holds at a place. */
export interface LogEntry {
  sequence: number;
  leaf: string;
  entry: string | null;
  texts?: Text[];
}

/** Neighbouring entries. */
export interface LogEntryPage {
  entries: LogEntry[];
}

/** How the log is. */
export interface LogStatus {
  size: number;
  signed: number;
  key: string;
  problems: string[];
  compared?: number;
}

/** A logged model with its data. */
export interface LoggedModel {
  info: LoggedModelInfo;
  data?: LoggedModelData;
}

/** A logged model's params and every metric point logged for it. */
export interface LoggedModelData {
  params?: LoggedModelParameter[];
  metrics?: Metric[];
}

/** One logged model, from servers that say it back; MLflow's does not. */
export interface LoggedModelEcho {
  model?: LoggedModel | null;
}

/** What a logged model is, without its data. */
export interface LoggedModelInfo {
  model_id: string;
  experiment_id: string;
  name: string;
  creation_timestamp_ms: number;
  last_updated_timestamp_ms: number;
  artifact_uri: string;
  status: "LOGGED_MODEL_PENDING" | "LOGGED_MODEL_READY" | "LOGGED_MODEL_STATUS_UNSPECIFIED" | "LOGGED_MODEL_UPLOAD_FAILED";
  model_type?: string;
  source_run_id?: string;
  status_message?: string | null;
  tags?: LoggedModelTag[];
}

/** One key of an order: an attribute or ``metrics.<key>``. */
export interface LoggedModelOrder {
  field_name: string;
  ascending?: boolean;
  dataset_name?: string | null;
  dataset_digest?: string | null;
}

/** A page of logged models and the token of the next. */
export interface LoggedModelPage {
  models?: LoggedModel[];
  next_page_token?: string | null;
}

/** A setting of a logged model. */
export interface LoggedModelParameter {
  key: string;
  value?: string;
}

/** One logged model. */
export interface LoggedModelResult {
  model: LoggedModel;
}

/** A key and a value on a logged model. */
export interface LoggedModelTag {
  key: string;
  value?: string;
}

/** One point of a metric. */
export interface Metric {
  key: string;
  value: Float;
  timestamp: number;
  step?: number;
  model_id?: string | null;
  dataset_name?: string | null;
  dataset_digest?: string | null;
  run_id?: string | null;
}

/** A metric; absent where a version has none of this key. */
export interface MetricChange {
  key: string;
  before?: Float | null;
  after?: Float | null;
  delta?: Float | null;
}

/** Points of several histories; the list is there when it is empty, too, as in MLflow. */
export interface MetricList {
  metrics: Metric[];
}

/** Points of a history and the token of the next page. */
export interface MetricPage {
  metrics?: Metric[];
  next_page_token?: string | null;
}

/** The latest values of a metric over some runs. */
export interface MetricSummary {
  key: string;
  count: number;
  min: Float;
  max: Float;
  mean: Float;
  sd?: Float | null;
}

/** What is new, and the token by which to ask for what comes next. */
export interface MetricTail {
  token: string;
  series?: NewPoints[];
  runs?: RunState[];
  more?: boolean;
}

/** A logged model that a run has read. */
export interface ModelInput {
  model_id: string;
}

/** A logged model that a run has made, at a step. */
export interface ModelOutput {
  model_id: string;
  step?: number;
}

/** A registered model at a glance. */
export interface ModelOverview {
  name: string;
  folder?: string;
  user_id?: string | null;
  last_updated_timestamp?: number;
  changed_by?: string;
  changed?: string;
  latest?: string;
  stages?: StageOverview[];
  metric?: KeyMetric | null;
  requests?: number;
  aliases?: RegisteredModelAlias[];
  tags?: RegisteredModelTag[];
}

/** A page of models, the token of the next, and how many pass, if asked for. */
export interface ModelOverviewPage {
  models?: ModelOverview[];
  next_page_token?: string | null;
  total?: number | null;
  owners?: string[];
  stages?: string[];
}

/** A version of a registered model. */
export interface ModelVersion {
  name: string;
  version: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  user_id?: string | null;
  current_stage: string;
  description?: string;
  source?: string;
  run_id?: string;
  status?: "FAILED_REGISTRATION" | "PENDING_REGISTRATION" | "READY";
  status_message?: string | null;
  tags?: ModelVersionTag[];
  run_link?: string;
  aliases?: string[];
  model_id?: string | null;
  digest?: string;
}

/** A page of model versions, the token of the next, and how many pass if that was asked for. */
export interface ModelVersionPage {
  model_versions?: ModelVersion[];
  next_page_token?: string | null;
  total?: number | null;
}

/** One model version. */
export interface ModelVersionResult {
  model_version: ModelVersion;
}

/** A key and a value on a model version. */
export interface ModelVersionTag {
  key: string;
  value?: string;
}

/** Points of a metric that are new, in order, as lists of equal length. */
export interface NewPoints {
  run_id: string;
  key: string;
  steps?: number[];
  timestamps?: number[];
  values?: Float[];
  gap?: boolean;
}

/** A new token and its secret, which is shown this once. */
export interface NewToken {
  token: Token;
  secret: string;
}

/** Who may do what with an object. */
export interface ObjectPermissions {
  object_id: string;
  object_type: string;
  access_control_list: AccessHeld[];
}

/** Where a run stands in an outline. */
export interface OutlineNode {
  depth: number;
  nested?: number;
  passing?: number;
  passes?: boolean;
  unfolded?: boolean;
}

/** A package that the environment files name. */
export interface PackageChange {
  kind: "build" | "conda" | "pip" | "python";
  name: string;
  before?: string | null;
  after?: string | null;
}

/** A setting of a run; it never changes once logged. */
export interface Param {
  key: string;
  value?: string;
}

/** A move of the past, and what the policy would have said to it. */
export interface PastMove {
  name: string;
  version: string;
  from_stage: string;
  to_stage: string;
  user_id: string;
  timestamp: number;
  blocked: boolean;
  missing?: string[];
  emergency?: boolean;
}

/** The stages of a model, a folder or the registry, in their order. */
export interface Policy {
  stages: Stage[];
  binding?: boolean;
}

/** What applying or removing a policy does. */
export interface PolicyChange {
  before: PolicyVersion;
  after: PolicyVersion;
  moved?: StageChange[];
  unchanged?: boolean;
}

/** The versions of a scope's policy, newest first. */
export interface PolicyList {
  policy_versions?: PolicyVersion[];
}

/** One policy. */
export interface PolicyResult {
  policy_version: PolicyVersion;
}

/** A policy as it was applied. */
export interface PolicyVersion {
  id?: string;
  scope?: string;
  version?: number;
  digest?: string;
  user_id?: string;
  creation_timestamp?: number;
  policy?: Policy | null;
  stages?: string[];
}

/** Something deleted, and what becomes of it. */
export interface PurgeItem {
  kind: "experiment" | "logged_model" | "run";
  id: string;
  name: string;
  deleted?: number;
  files?: number;
  size?: number;
  kept?: string;
}

/** What went, what stays, and where to go on. */
export interface PurgePage {
  items?: PurgeItem[];
  next_page_token?: string | null;
}

/** What is asked. */
export interface Question {
  operation: string;
  request?: Record<string, unknown>;
}

/** How many deliveries are queued again. */
export interface Redelivered {
  redelivered: number;
}

/** Something that the caller may not do with a request, and why. */
export interface Refusal {
  action: "APPROVE_TRANSITION_REQUEST" | "CANCEL_TRANSITION_REQUEST" | "DELETE_COMMENT" | "EDIT_COMMENT" | "REJECT_TRANSITION_REQUEST";
  reason: string;
}

/** A registered model, and the folder it is in, as ``team/project``. */
export interface RegisteredModel {
  name: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  user_id?: string | null;
  description?: string | null;
  latest_versions?: ModelVersion[];
  tags?: RegisteredModelTag[];
  aliases?: RegisteredModelAlias[];
  folder?: string;
}

/** A name that points at one version. */
export interface RegisteredModelAlias {
  alias: string;
  version: string;
}

/** A page of registered models, the token of the next, and how many pass, if asked for. */
export interface RegisteredModelPage {
  registered_models?: RegisteredModel[];
  next_page_token?: string | null;
  total?: number | null;
}

/** One registered model. */
export interface RegisteredModelResult {
  registered_model: RegisteredModel;
}

/** A key and a value on a registered model. */
export interface RegisteredModelTag {
  key: string;
  value?: string;
}

/** The receiver's status (0 when there is none), and our words about it. */
export interface RegistryTryResult {
  status_code: number;
  body: string;
}

/** A webhook of the commercial registry's form; without ``model_name`` it is for all models. */
export interface RegistryWebhook {
  id: string;
  events: string[];
  status: string;
  model_name?: string | null;
  description?: string | null;
  http_url_spec?: HttpUrlSpecShown | null;
  job_spec?: JobSpecShown | null;
  creation_timestamp: number;
  last_updated_timestamp: number;
}

/** A page of webhooks and the token of the next. */
export interface RegistryWebhookPage {
  webhooks?: RegistryWebhook[];
  next_page_token?: string | null;
}

/** One webhook. */
export interface RegistryWebhookResult {
  webhook: RegistryWebhook;
}

/** What a policy would have said to past moves, newest first. */
export interface Rehearsal {
  scope: string;
  total: number;
  blocked: number;
  moves?: PastMove[];
  notes?: string[];
}

/** The open requests of a version. */
export interface RequestList {
  requests?: Activity[];
}

/** A page of requests and the token of the next. */
export interface RequestPage {
  requests?: TransitionRequest[];
  next_page_token?: string | null;
}

/** What a move into a stage needs. */
export interface Review {
  approvals?: number;
  from?: string[];
  exclude?: ("author" | "requester")[];
  checks?: string[];
  reason?: boolean;
  expires?: string;
  break_glass?: string[];
}

/** A group, as MLflow's clients see it; there is one workspace, ``default``. */
export interface Role {
  id: number;
  name: string;
  workspace?: string;
  description?: string | null;
  permissions?: RolePermission[];
}

/** Roles by name. */
export interface RoleList {
  roles: Role[];
}

/** What the members of a role may do with something, in MLflow's words. */
export interface RolePermission {
  id: number;
  role_id: number;
  resource_type: string;
  resource_pattern: string;
  permission: string;
}

/** One level of a role. */
export interface RolePermissionResult {
  role_permission: RolePermission;
}

/** The levels of a role. */
export interface RolePermissions {
  role_permissions: RolePermission[];
}

/** One role. */
export interface RoleResult {
  role: Role;
}

/** A run with its data. */
export interface Run {
  info: RunInfo;
  data: RunData;
  inputs?: RunInputs;
  outputs?: RunOutputs;
}

/** A run's latest metrics, its params and its tags. */
export interface RunData {
  metrics?: Metric[];
  params?: Param[];
  tags?: RunTag[];
}

/** The files of some runs, in the order that they were asked for. */
export interface RunFileLists {
  runs: RunFiles[];
}

/** The files of a run, in the order of their paths. */
export interface RunFiles {
  run_id: string;
  root_uri: string;
  elsewhere?: boolean;
  files?: StoredFile[];
  complete: boolean;
}

/** The runs that have the same value of the tag ``cuvee.group``, or of the column asked for. */
export interface RunGroup {
  group: string;
  runs: number;
  statuses: StatusCount[];
  first_start: number;
  last_start: number;
  metrics?: MetricSummary[];
  absent?: boolean;
}

/** A page of groups, by name; the runs that have no value are the last group. */
export interface RunGroups {
  groups?: RunGroup[];
  next_page_token?: string | null;
  total?: number | null;
  runs?: number | null;
}

/** What a run is, without its data. */
export interface RunInfo {
  run_id: string;
  run_uuid: string;
  run_name: string;
  experiment_id: string;
  user_id: string;
  status: "FAILED" | "FINISHED" | "KILLED" | "RUNNING" | "SCHEDULED";
  start_time: number;
  end_time?: number | null;
  artifact_uri: string;
  lifecycle_stage: string;
}

/** One run, without its data. */
export interface RunInfoResult {
  run_info: RunInfo;
}

/** What a run has read. */
export interface RunInputs {
  dataset_inputs?: DatasetInput[];
  model_inputs?: ModelInput[];
}

/** A metric, param or tag that runs have. */
export interface RunKey {
  kind: "metric" | "param" | "tag";
  key: string;
  runs: number;
  varies: boolean;
}

/** Keys, those of most runs first. */
export interface RunKeys {
  runs: number;
  complete?: boolean;
  keys?: RunKey[];
}

/** A run that one or more of the asked ids mean. */
export interface RunName {
  asked: string;
  run_id: string;
  experiment_id: string;
  short: string;
}

/** Which runs some ids mean. */
export interface RunNames {
  runs?: RunName[];
  unclear?: string[];
}

/** A run in a tree. */
export interface RunNode {
  run_id: string;
  run_name: string;
  experiment_id: string;
  status: "FAILED" | "FINISHED" | "KILLED" | "RUNNING" | "SCHEDULED";
  depth: number;
  start_time: number;
  end_time?: number | null;
  parent_run_id?: string;
  children?: number;
}

/** A window of an outline. */
export interface RunOutline {
  table: RunTable;
  nodes?: OutlineNode[];
  lines?: number;
  passing?: number;
  runs?: number;
}

/** What a run has made. */
export interface RunOutputs {
  model_outputs?: ModelOutput[];
}

/** A run with the first of its metrics and params, by their keys. */
export interface RunOverview {
  run: Run;
  metrics?: number;
  system_metrics?: number;
  params?: number;
  last_step?: number;
  cut?: string[];
}

/** A page of runs and the token of the next. */
export interface RunPage {
  runs?: Run[];
  next_page_token?: string | null;
}

/** A run that stayed as it was, and why. */
export interface RunRefusal {
  run_id: string;
  error_code: string;
  message: string;
}

/** One run. */
export interface RunResult {
  run: Run;
}

/** What state a run has now. */
export interface RunState {
  run_id: string;
  status: string;
  end_time?: number | null;
}

/** A page of runs, column by column. */
export interface RunTable {
  count: number;
  columns?: TableColumn[];
  total?: number | null;
  next_page_token?: string | null;
}

/** A key and a value on a run; it may change. */
export interface RunTag {
  key: string;
  value?: string;
}

/** Which text a file of a run has, by its digest. */
export interface RunText {
  run_id: string;
  path: string;
  digest: string;
  size: number;
}

/** Files of runs, and each text once; what a run has not, or is not kept here, is left out. */
export interface RunTexts {
  files: RunText[];
  texts: FileText[];
}

/** A run and those nested in it. */
export interface RunTree {
  ancestors?: RunNode[];
  nodes?: RunNode[];
  descendants?: number;
  status?: "FAILED" | "FINISHED" | "KILLED" | "RUNNING" | "SCHEDULED" | null;
  statuses?: StatusCount[];
  metrics?: MetricSummary[];
  complete: boolean;
}

/** One tree. */
export interface RunTreeResult {
  tree: RunTree;
}

/** Some of a run's metrics or params, by their keys. */
export interface RunValues {
  count: number;
  metrics?: Metric[];
  params?: Param[];
  keys?: string[];
  cut?: string[];
}

/** What became of the runs of one call; all of it holds, or, when the call fails, nothing. */
export interface RunsChanged {
  run_ids?: string[];
  refused?: RunRefusal[];
  next_page_token?: string | null;
}

/** How many things of a part are the same. */
export interface Same {
  part: "code" | "data" | "description" | "files" | "metrics" | "packages" | "params" | "signature" | "tags";
  count: number;
}

/** A part of a text file, of whole lines unless one is longer than a part. */
export interface ScanBlock {
  offset: number;
  size: number;
  lines: number;
  found: number;
}

/** What a scoring server answered. */
export interface Score {
  status?: number | null;
  body?: string;
  problem?: string;
  milliseconds?: Float;
}

/** Whether a version can be tried. */
export interface Scoring {
  available?: boolean;
}

/** What is wrong with a search. */
export interface SearchCheck {
  valid: boolean;
  where?: string;
  start?: number | null;
  end?: number | null;
  found?: string;
  expected?: string;
  message?: string;
}

/** A stage. */
export interface Stage {
  name: string;
  holders?: "many" | "one";
  former?: string;
  protected?: boolean | null;
  enter?: string[];
  leave?: string[];
  review?: Review | null;
}

/** A version that a policy moves, because it drops the stage that the version holds. */
export interface StageChange {
  name: string;
  version: string;
  from_stage: string;
  to_stage: string;
}

/** A version and the time during which it held the stage that was asked about. */
export interface StageHolder {
  model_version: ModelVersion;
  holding: Holding;
  former?: string;
}

/** A stage of a model and what is in it. */
export interface StageOverview {
  stage: string;
  version: string;
  since?: number | null;
  count?: number;
}

/** How many runs have a status. */
export interface StatusCount {
  status: "FAILED" | "FINISHED" | "KILLED" | "RUNNING" | "SCHEDULED";
  count: number;
}

/** A file as it is stored. */
export interface StoredFile {
  path: string;
  digest: string;
  size: number;
  modified?: number;
}

/** Files with their digests. */
export interface StoredFiles {
  files?: StoredFile[];
}

/** What a run has of some sort of things. */
export interface TableCell {
  items: TableItem[];
  more?: number;
}

/** What the runs of a table have for one name; of the sort that the name says. */
export interface TableColumn {
  name: string;
  rows?: number[];
  numbers?: (Float | null)[];
  plus?: number[];
  minus?: number[];
  times?: number[];
  texts?: string[];
  cut?: number[];
  cells?: TableCell[];
}

/** Something that a run has read or made. */
export interface TableItem {
  kind: "dataset" | "logged_model" | "version";
  name: string;
  ref: string;
  stage?: string;
}

/** A free text of an event, and the salt that its commitment has: SHA-256(salt + text). */
export interface Text {
  event: number;
  field: string;
  salt: string;
  text: string;
}

/** A param, a tag or the like; absent where a version has none of this key. */
export interface TextChange {
  key: string;
  before?: string | null;
  after?: string | null;
}

/** Which texts of an event are gone. */
export interface TextsErased {
  fields: string[];
}

/** A token, without its secret. */
export interface Token {
  token_id: string;
  username: string;
  name: string;
  scopes: string[];
  created: number;
  expires: number;
  revoked?: number | null;
  last_used?: number | null;
}

/** Tokens, newest first. */
export interface TokenList {
  tokens: Token[];
}

/** An outermost folder. */
export interface TopFolder {
  path: string;
  experiments?: boolean;
  models?: boolean;
}

/** The outermost folders by name. */
export interface TopFolders {
  folders?: TopFolder[];
  more?: boolean;
}

/** A request to move a version to a stage. */
export interface TransitionRequest {
  creation_timestamp: number;
  user_id: string;
  to_stage: string;
  comment?: string;
  available_actions?: ("APPROVE_TRANSITION_REQUEST" | "CANCEL_TRANSITION_REQUEST" | "DELETE_COMMENT" | "EDIT_COMMENT" | "REJECT_TRANSITION_REQUEST")[];
  id?: string;
  name?: string;
  version?: string;
  state?: "allowed" | "refused" | "waiting";
  approvals?: string[];
  required_approvals?: number;
  missing?: string[];
  void_approvals?: VoidApproval[];
  status?: "approved" | "cancelled" | "closed" | "open" | "rejected";
  checks?: CheckResult[];
  holder?: string;
  stale?: string[];
  refusals?: Refusal[];
  waits?: boolean;
  from_stage?: string;
  verdicts?: Verdict[];
  closed_timestamp?: number | null;
  closed_by?: string;
  closed_comment?: string;
}

/** One request. */
export interface TransitionRequestResult {
  request: TransitionRequest;
}

/** What came of a test call; the receiver's words are not shown, only its status. */
export interface TryOutcome {
  success?: boolean;
  response_status?: number | null;
  response_body?: string;
  error_message?: string;
}

/** The outcome of one test call. */
export interface TryResult {
  result: TryOutcome;
}

/** Something that could not be compared, and why. */
export interface Untold {
  part: "code" | "data" | "description" | "files" | "metrics" | "packages" | "params" | "signature" | "tags";
  says: string;
}

/** Someone who can log in. */
export interface User {
  id: number;
  username: string;
  is_admin?: boolean;
  kind?: string;
  active?: boolean;
  created?: number;
  groups?: string[];
  roles?: Role[];
}

/** Users by name. */
export interface UserList {
  users: User[];
}

/** A user's level on something; ``allowed`` says whether it is USE or more. */
export interface UserPermission {
  allowed: boolean;
  permission: string;
}

/** One grant that a user has, directly or by a role. */
export interface UserPermissionRow {
  role_id: number;
  role_name: string;
  workspace: string;
  resource_type: string;
  resource_pattern: string;
  permission: string;
}

/** The grants of a user. */
export interface UserPermissions {
  is_admin: boolean;
  permissions: UserPermissionRow[];
}

/** One user. */
export interface UserResult {
  user: User;
}

/** What a reviewer has said about a request. */
export interface Verdict {
  user_id: string;
  verdict: "approved" | "rejected";
  comment?: string;
  creation_timestamp: number;
}

/** A comment on a version; ``available_actions`` are the caller's. */
export interface VersionComment {
  id: string;
  comment: string;
  user_id: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  available_actions?: ("APPROVE_TRANSITION_REQUEST" | "CANCEL_TRANSITION_REQUEST" | "DELETE_COMMENT" | "EDIT_COMMENT" | "REJECT_TRANSITION_REQUEST")[];
}

/** What has changed from one version of a model to another. */
export interface VersionComparison {
  before: ModelVersion;
  after: ModelVersion;
  metrics?: MetricChange[];
  params?: TextChange[];
  signature?: ColumnChange[];
  packages?: PackageChange[];
  files?: FileChange[];
  data?: TextChange[];
  code?: TextChange[];
  tags?: TextChange[];
  description?: TextChange | null;
  same?: Same[];
  untold?: Untold[];
}

/** Some model versions. */
export interface VersionList {
  model_versions?: ModelVersion[];
}

/** An approval that does not count, and why. */
export interface VoidApproval {
  user_id: string;
  reason: string;
}

/** A webhook of MLflow's form; its secret is never shown. */
export interface Webhook {
  webhook_id: string;
  name: string;
  description?: string | null;
  url: string;
  events: WebhookEvent[];
  status: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
}

/** What a webhook is told of: an action on a kind of thing. */
export interface WebhookEvent {
  entity: "BUDGET_POLICY" | "MODEL_VERSION" | "MODEL_VERSION_ALIAS" | "MODEL_VERSION_TAG" | "PROMPT" | "PROMPT_ALIAS" | "PROMPT_TAG" | "PROMPT_VERSION" | "PROMPT_VERSION_TAG" | "REGISTERED_MODEL";
  action: "CREATED" | "DELETED" | "EXCEEDED" | "SET" | "UPDATED";
}

/** A page of webhooks and the token of the next. */
export interface WebhookPage {
  webhooks?: Webhook[];
  next_page_token?: string | null;
}

/** One webhook. */
export interface WebhookResult {
  webhook: Webhook;
}

/** Who the server takes the caller for. */
export interface Whoami {
  username: string;
  via: string;
  user_id?: number | null;
  is_admin?: boolean;
  scopes?: string[];
  groups?: string[];
  logins?: ("password" | "token")[];
}

/** A registered model as the workspace registry shows it: with an id and the caller's level. */
export interface WorkspaceModel {
  id: string;
  name: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  user_id?: string | null;
  description?: string | null;
  latest_versions?: ModelVersion[];
  tags?: RegisteredModelTag[];
  permission_level: string;
}

/** One registered model as the workspace registry shows it. */
export interface WorkspaceModelResult {
  registered_model_databricks: WorkspaceModel;
}

/** A version as the workspace registry shows it, with its open requests. */
export interface WorkspaceModelVersion {
  name: string;
  version: string;
  creation_timestamp: number;
  last_updated_timestamp: number;
  user_id?: string | null;
  current_stage: string;
  description?: string;
  source?: string;
  run_id?: string;
  run_link?: string;
  status?: "FAILED_REGISTRATION" | "PENDING_REGISTRATION" | "READY";
  status_message?: string | null;
  tags?: ModelVersionTag[];
  open_requests?: Activity[];
  permission_level: string;
  digest?: string;
}

/** One version as the workspace registry shows it. */
export interface WorkspaceModelVersionResult {
  model_version_databricks: WorkspaceModelVersion;
}

/** Why someone can or cannot do something. */
export interface cuvee_api_permissions_Explanation {
  user: string;
  object: string;
  permission: string;
  allowed: boolean;
  level: string;
  because: string;
  grants?: Grant[];
  ask?: string[];
  next?: string;
}

/** What a stage's policy says to a version that would enter it now. */
export interface cuvee_api_reviews_Explanation {
  state: "allowed" | "refused" | "waiting";
  policy?: string;
  digest?: string;
  gated?: boolean;
  approvals?: string[];
  required_approvals?: number;
  missing?: string[];
  void_approvals?: VoidApproval[];
  checks?: CheckResult[];
  refused?: string;
  break_glass?: boolean;
}

/** Read what was done about a version's stage and said about the version, newest first. Needs read. */
export const listActivities = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
    max_results?: number;
    page_token?: string;
  },
  ActivityPage
>("listActivities", "GET", "/api/1.0/cuvee/activities/list", true);

/** Take back the result of a check. Needs edit. */
export const deleteCheck = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    check_name: string;
  },
  Empty
>("deleteCheck", "DELETE", "/api/1.0/cuvee/checks/delete");

/** Read the results of checks that were posted for a version. Needs read. */
export const listChecks = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
  },
  CheckList
>("listChecks", "GET", "/api/1.0/cuvee/checks/list", true);

/** Post the result of a check of a version's files; the newest of each name counts. Needs edit. */
export const setCheck = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    check_name: string;
    passed: boolean;
    url?: string;
    details?: string;
    digest?: string;
  },
  CheckReply
>("setCheck", "POST", "/api/1.0/cuvee/checks/set");

/** Read the comments on a version, oldest first. Needs read. */
export const listComments = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
    max_results?: number;
    page_token?: string;
  },
  CommentPage
>("listComments", "GET", "/api/1.0/cuvee/comments/list", true);

/** Have the server log the wine models and register them, as `cuvee demo` does; takes seconds. Needs admin. */
export const loadDemo = /*#__PURE__*/ operation<
  {
    story: "wine";
  },
  DemoData
>("loadDemo", "POST", "/api/1.0/cuvee/demo/load");

/** Tell that no version of a model runs somewhere any more. Needs edit. */
export const endDeployment = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    target: string;
  },
  DeploymentReply
>("endDeployment", "POST", "/api/1.0/cuvee/deployments/end");

/** Read what runs where, newest first: of a version, a model, or all that the caller sees. Needs login. */
export const listDeployments = /*#__PURE__*/ operation<
  {
    name?: string;
    version?: string;
    include_ended?: boolean;
    max_results?: number;
    page_token?: string;
  },
  DeploymentPage
>("listDeployments", "GET", "/api/1.0/cuvee/deployments/list", true);

/** Tell that a version runs somewhere, in place of another version of the model if one did. Needs edit. */
export const recordDeployment = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    target: string;
    url?: string;
  },
  DeploymentReply
>("recordDeployment", "POST", "/api/1.0/cuvee/deployments/record");

/** Close an emergency with a conclusion (``comment``); not by who moved. Needs login. */
export const closeEmergency = /*#__PURE__*/ operation<
  {
    comment?: string;
    id: string;
  },
  EmergencyReply
>("closeEmergency", "POST", "/api/1.0/cuvee/emergencies/close");

/** Read moves past the policy, newest first: of one model, or of all that the caller sees. Needs login. */
export const listEmergencies = /*#__PURE__*/ operation<
  {
    name?: string;
    open_only?: boolean;
    max_results?: number;
    page_token?: string;
  },
  EmergencyPage
>("listEmergencies", "GET", "/api/1.0/cuvee/emergencies/list", true);

/** Read events in their order, oldest first unless ``newest_first``. Needs login. */
export const listEvents = /*#__PURE__*/ operation<
  {
    object?: string;
    model?: string;
    action?: string;
    actor?: string;
    token?: string;
    comment?: string;
    address?: string;
    since?: number;
    from_time?: number | null;
    to_time?: number | null;
    newest_first?: boolean;
    max_results?: number;
    page_token?: string;
    total?: boolean;
  },
  EventPage
>("listEvents", "GET", "/api/1.0/cuvee/events", true);

/** Erase the free text of an event for good; who did what and when stays, and stays provable. Needs admin. */
export const eraseEventTexts = /*#__PURE__*/ operation<
  {
    comment?: string;
    sequence: number;
  },
  TextsErased
>("eraseEventTexts", "POST", "/api/1.0/cuvee/events/erase");

/** Erase, for good, the addresses that events before a time have come from. Needs admin. */
export const eraseEventAddresses = /*#__PURE__*/ operation<
  {
    comment?: string;
    to_time: number;
  },
  AddressesErased
>("eraseEventAddresses", "POST", "/api/1.0/cuvee/events/erase-addresses");


/** Mark all experiments in a folder as deleted; they can be restored. Needs manage. */
export const archiveFolder = /*#__PURE__*/ operation<
  {
    comment?: string;
    folder: string;
    force?: boolean;
  },
  FolderChanged
>("archiveFolder", "POST", "/api/1.0/cuvee/experiments/archive-folder");

/** List what lies in a folder of experiments; in the outermost if it is empty. Needs login. */
export const listFolder = /*#__PURE__*/ operation<
  {
    folder?: string;
    view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
  },
  FolderListing
>("listFolder", "GET", "/api/1.0/cuvee/experiments/folder", true);

/** Give a folder of experiments another name or place, with all that lies in it. Needs manage. */
export const moveFolder = /*#__PURE__*/ operation<
  {
    comment?: string;
    folder: string;
    new_folder: string;
  },
  FolderChanged
>("moveFolder", "POST", "/api/1.0/cuvee/experiments/move-folder");

/** Read how much goes on in experiments; those that the caller may not read are left out. Needs login. */
export const getExperimentOverviews = /*#__PURE__*/ operation<
  {
    experiment_ids: string[];
    until?: number;
    metric?: string;
  },
  ExperimentOverviews
>("getExperimentOverviews", "POST", "/api/1.0/cuvee/experiments/overview", true);

/** Read how much goes on in experiments; those that the caller may not read are left out. Needs login. */
export const getExperimentOverviewsByGet = /*#__PURE__*/ operation<
  {
    experiment_ids: string[];
    until?: number;
    metric?: string;
  },
  ExperimentOverviews
>("getExperimentOverviewsByGet", "GET", "/api/1.0/cuvee/experiments/overview", true);

/** Bring all deleted experiments in a folder back, with their runs. Needs manage. */
export const restoreFolder = /*#__PURE__*/ operation<
  {
    comment?: string;
    folder: string;
  },
  FolderChanged
>("restoreFolder", "POST", "/api/1.0/cuvee/experiments/restore-folder");

/** List the outermost folders of all experiments and registered models that one may read. Needs login. */
export const listTopFolders = /*#__PURE__*/ operation<
  {
    limit?: number;
  },
  TopFolders
>("listTopFolders", "GET", "/api/1.0/cuvee/folders", true);

/** Create a group without members. Needs admin. */
export const createGroup = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    description?: string;
  },
  GroupResult
>("createGroup", "POST", "/api/1.0/cuvee/groups/create");

/** Delete a group with what its members may do through it. Needs admin. */
export const deleteGroup = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
  },
  Empty
>("deleteGroup", "DELETE", "/api/1.0/cuvee/groups/delete");

/** Read a group and its members. Needs login. */
export const getGroup = /*#__PURE__*/ operation<
  {
    name: string;
  },
  GroupResult
>("getGroup", "GET", "/api/1.0/cuvee/groups/get", true);

/** List the groups and their members by name. Needs login. */
export const listGroups = /*#__PURE__*/ operation<
  Record<string, never>,
  GroupList
>("listGroups", "GET", "/api/1.0/cuvee/groups/list", true);

/** Add a user to a group; one who is in it already is not an error. Needs admin. */
export const addMember = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    username: string;
  },
  Empty
>("addMember", "POST", "/api/1.0/cuvee/groups/members/add");

/** Take a user out of a group; one who is not in it is not an error. Needs admin. */
export const removeMember = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    username: string;
  },
  Empty
>("removeMember", "DELETE", "/api/1.0/cuvee/groups/members/remove");

/** Rename a group or describe it anew; it keeps its members and rights. Needs admin. */
export const updateGroup = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    new_name?: string | null;
    description?: string | null;
  },
  GroupResult
>("updateGroup", "PATCH", "/api/1.0/cuvee/groups/update");

/** Read the latest checkpoint, or the one of a size. Needs login. */
export const getCheckpoint = /*#__PURE__*/ operation<
  {
    size?: number;
  },
  Checkpoint
>("getCheckpoint", "GET", "/api/1.0/cuvee/log/checkpoint", true);

/** Read the checkpoints above a size, smallest first. Needs login. */
export const listCheckpoints = /*#__PURE__*/ operation<
  {
    above?: number;
    max_results?: number;
  },
  CheckpointPage
>("listCheckpoints", "GET", "/api/1.0/cuvee/log/checkpoints", true);

/** Prove that nothing of an older log (``from`` entries) was changed until a newer (``to``). Needs login. */
export const getConsistency = /*#__PURE__*/ operation<
  {
    from_size: number;
    to_size?: number;
  },
  Consistency
>("getConsistency", "GET", "/api/1.0/cuvee/log/consistency", true);

/** Read the entries after a place, so as to recompute the tree. Needs login. */
export const listLogEntries = /*#__PURE__*/ operation<
  {
    since?: number;
    max_results?: number;
  },
  LogEntryPage
>("listLogEntries", "GET", "/api/1.0/cuvee/log/entries", true);

/** Read what the log holds at a place. Needs login. */
export const getLogEntry = /*#__PURE__*/ operation<
  {
    sequence: number;
  },
  LogEntry
>("getLogEntry", "GET", "/api/1.0/cuvee/log/entry", true);

/** Prove that an event is in the log. Needs login. */
export const getInclusion = /*#__PURE__*/ operation<
  {
    sequence: number;
    size?: number;
  },
  Inclusion
>("getInclusion", "GET", "/api/1.0/cuvee/log/inclusion", true);

/** Ask how the log is, and whether what it says agrees with what the registry holds. Needs login. */
export const getLogStatus = /*#__PURE__*/ operation<
  Record<string, never>,
  LogStatus
>("getLogStatus", "GET", "/api/1.0/cuvee/log/status", true);

/** Read metrics of several runs in buckets that keep the extremes. Needs read. */
export const getMetricSeries = /*#__PURE__*/ operation<
  {
    run_ids: string[];
    keys: string[];
    x?: "metric" | "relative" | "step" | "time";
    x_key?: string;
    start?: Float | null;
    end?: Float | null;
    points?: number;
  },
  Chart
>("getMetricSeries", "POST", "/api/1.0/cuvee/metrics/series", true);

/** Read metrics of several runs in buckets that keep the extremes. Needs read. */
export const getMetricSeriesByGet = /*#__PURE__*/ operation<
  {
    run_ids: string[];
    keys: string[];
    x?: "metric" | "relative" | "step" | "time";
    x_key?: string;
    start?: Float | null;
    end?: Float | null;
    points?: number;
  },
  Chart
>("getMetricSeriesByGet", "GET", "/api/1.0/cuvee/metrics/series", true);


/** Read what has been logged to runs, and which of them have changed their state, since a token. Needs read. */
export const getMetricTail = /*#__PURE__*/ operation<
  {
    run_ids: string[];
    keys?: string[];
    token?: string;
  },
  MetricTail
>("getMetricTail", "POST", "/api/1.0/cuvee/metrics/tail", true);

/** Read what has been logged to runs, and which of them have changed their state, since a token. Needs read. */
export const getMetricTailByGet = /*#__PURE__*/ operation<
  {
    run_ids: string[];
    keys?: string[];
    token?: string;
  },
  MetricTail
>("getMetricTailByGet", "GET", "/api/1.0/cuvee/metrics/tail", true);

/** Read the version whose files have a digest, under this model's name or another. Needs login. */
export const findVersionByDigest = /*#__PURE__*/ operation<
  {
    name: string;
    digest: string;
  },
  ModelVersionResult
>("findVersionByDigest", "GET", "/api/1.0/cuvee/model-versions/by-digest", true);

/** Read what has changed from one version of a model to another. Needs read. */
export const compareVersions = /*#__PURE__*/ operation<
  {
    name: string;
    before: string;
    after: string;
    everything?: boolean;
  },
  VersionComparison
>("compareVersions", "GET", "/api/1.0/cuvee/model-versions/compare", true);

/** Write down and sign what is known about a version, for somebody who cannot ask the server. Needs read. */
export const getEvidence = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
    files?: EnvironmentFile[];
  },
  Evidence
>("getEvidence", "POST", "/api/1.0/cuvee/model-versions/evidence", true);

/** Read what a version comes from (datasets, runs, models) and what has come of it. Needs read. */
export const getVersionLineage = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
    depth?: number;
    max_nodes?: number;
  },
  Lineage
>("getVersionLineage", "GET", "/api/1.0/cuvee/model-versions/lineage", true);

/** Read how often a model's versions were loaded: by whom, on which days, or which of them. Needs read. */
export const listLoads = /*#__PURE__*/ operation<
  {
    name: string;
    version?: string;
    by?: "day" | "user" | "user_day" | "version";
    from_time?: number | null;
    to_time?: number | null;
    max_results?: number;
    page_token?: string;
  },
  LoadsPage
>("listLoads", "GET", "/api/1.0/cuvee/model-versions/loads", true);

/** Read the files of a version with their digests, as they were when it was registered. Needs read. */
export const getVersionManifest = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
  },
  StoredFiles
>("getVersionManifest", "GET", "/api/1.0/cuvee/model-versions/manifest", true);

/** Give a stage back to the version that held it before the one that holds it now. Needs read. */
export const rollbackStage = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    stage: string;
    expected_holder?: string | null;
    break_glass?: boolean;
  },
  ModelVersionResult
>("rollbackStage", "POST", "/api/1.0/cuvee/model-versions/rollback");

/** Ask a version for predictions, where an admin has said where it is served. Needs read. */
export const scoreVersion = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
    payload: Record<string, unknown>;
  },
  Score
>("scoreVersion", "POST", "/api/1.0/cuvee/model-versions/score");

/** Ask whether predictions of a version can be asked for here. Needs read. */
export const getScoring = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
  },
  Scoring
>("getScoring", "GET", "/api/1.0/cuvee/model-versions/scoring");

/** Move a version to a stage, and the version that holds it to the first one's stage. Needs read. */
export const swapStages = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    stage: string;
    expected_holder?: string | null;
    break_glass?: boolean;
  },
  VersionList
>("swapStages", "POST", "/api/1.0/cuvee/model-versions/swap");

/** List the grants on an object and the folders around it, or those of a user or group. Needs login. */
export const listPermissions = /*#__PURE__*/ operation<
  {
    object?: string;
    user?: string;
    group?: string;
  },
  GrantList
>("listPermissions", "GET", "/api/1.0/cuvee/permissions", true);

/** Say why a user has, or lacks, a level on an object; one's own when no user is named. Needs login. */
export const explainPermission = /*#__PURE__*/ operation<
  {
    object: string;
    permission?: "CAN_CREATE" | "CAN_EDIT" | "CAN_MANAGE" | "CAN_MANAGE_PRODUCTION_VERSIONS" | "CAN_MANAGE_STAGING_VERSIONS" | "CAN_READ" | "CAN_USE" | "DENY";
    user?: string;
    stage?: string;
  },
  cuvee_api_permissions_Explanation
>("explainPermission", "GET", "/api/1.0/cuvee/permissions/explain", true);

/** Give a user or a group a level on an object; it replaces the one given there before. Needs manage. */
export const grantPermission = /*#__PURE__*/ operation<
  {
    comment?: string;
    object: string;
    user?: string;
    group?: string;
    stage?: string;
    permission: "CAN_CREATE" | "CAN_EDIT" | "CAN_MANAGE" | "CAN_MANAGE_PRODUCTION_VERSIONS" | "CAN_MANAGE_STAGING_VERSIONS" | "CAN_READ" | "CAN_USE" | "DENY";
  },
  Empty
>("grantPermission", "POST", "/api/1.0/cuvee/permissions/grant");

/** Take back what was given on an object; what folders and groups give remains. Needs manage. */
export const revokePermission = /*#__PURE__*/ operation<
  {
    comment?: string;
    object: string;
    user?: string;
    group?: string;
    stage?: string;
  },
  Empty
>("revokePermission", "POST", "/api/1.0/cuvee/permissions/revoke");

/** Give a model, a folder or the registry the stages and reviews that a document says. Needs login. */
export const applyPolicy = /*#__PURE__*/ operation<
  {
    comment?: string;
    document: string;
    dry_run?: boolean;
  },
  PolicyChange
>("applyPolicy", "POST", "/api/1.0/cuvee/policies/apply");

/** Read all policies that a scope has had, newest first. Needs login. */
export const listPolicyVersions = /*#__PURE__*/ operation<
  {
    scope: string;
  },
  PolicyList
>("listPolicyVersions", "GET", "/api/1.0/cuvee/policies/list", true);

/** Read the policy that applies to a model, with the scope that it comes from. Needs read. */
export const getModelPolicy = /*#__PURE__*/ operation<
  {
    name: string;
  },
  PolicyResult
>("getModelPolicy", "GET", "/api/1.0/cuvee/policies/of-model", true);

/** Take a scope's policy away, so that the next larger scope's applies. Needs login. */
export const removePolicy = /*#__PURE__*/ operation<
  {
    comment?: string;
    scope: string;
  },
  PolicyChange
>("removePolicy", "POST", "/api/1.0/cuvee/policies/remove");

/** Replay past moves against a policy that is not in force, and say which it would refuse. Needs login. */
export const rehearsePolicy = /*#__PURE__*/ operation<
  {
    document: string;
    max_versions?: number;
  },
  Rehearsal
>("rehearsePolicy", "POST", "/api/1.0/cuvee/policies/test", true);

/** Remove for good some of what was deleted, or say what would go; ask again with the token. Needs admin. */
export const purge = /*#__PURE__*/ operation<
  {
    comment?: string;
    older_than_days?: number;
    dry_run?: boolean;
    max_items?: number;
    page_token?: string;
  },
  PurgePage
>("purge", "POST", "/api/1.0/cuvee/purge");

/** Remove stored bytes that nothing names, or say how many there are. Needs admin. */
export const collectBlobs = /*#__PURE__*/ operation<
  {
    older_than_hours?: number;
    dry_run?: boolean;
    page_token?: string;
  },
  Collected
>("collectBlobs", "POST", "/api/1.0/cuvee/purge/blobs", true);

/** Ask several things at once, all answered from one moment; each with its own right. Needs login. */
export const askTogether = /*#__PURE__*/ operation<
  {
    questions: Question[];
  },
  Answers
>("askTogether", "POST", "/api/1.0/cuvee/questions");

/** Follow a registered model; the events until now count as seen. No event tells of it. Needs read. */
export const followModel = /*#__PURE__*/ operation<
  {
    name: string;
  },
  Empty
>("followModel", "POST", "/api/1.0/cuvee/registered-models/follow");

/** List the models that the caller follows, with what has happened since they looked. Needs login. */
export const listFollowedModels = /*#__PURE__*/ operation<
  {
    max_events?: number;
  },
  FollowedModels
>("listFollowedModels", "GET", "/api/1.0/cuvee/registered-models/followed", true);

/** Put a registered model into a folder; into none, if it is empty. Its name stays. Needs manage. */
export const moveRegisteredModel = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    folder: string;
  },
  RegisteredModelResult
>("moveRegisteredModel", "POST", "/api/1.0/cuvee/registered-models/move");

/** Find registered models at a glance: a window by index, or a page by token. Needs login. */
export const searchModelOverviews = /*#__PURE__*/ operation<
  {
    filter?: string;
    order_by?: string[];
    stage?: string;
    owner?: string;
    metric?: string;
    max_results?: number;
    page_token?: string;
    offset?: number;
    total?: boolean;
    choices?: boolean;
  },
  ModelOverviewPage
>("searchModelOverviews", "GET", "/api/1.0/cuvee/registered-models/overview", true);

/** Mark the events of a model that the caller follows, or of all, as seen up to a sequence. Needs login. */
export const markModelsSeen = /*#__PURE__*/ operation<
  {
    sequence: number;
    name?: string;
  },
  Empty
>("markModelsSeen", "POST", "/api/1.0/cuvee/registered-models/seen");

/** Follow a registered model no longer, also one that the caller may not read any longer. Needs login. */
export const unfollowModel = /*#__PURE__*/ operation<
  {
    name: string;
  },
  Empty
>("unfollowModel", "POST", "/api/1.0/cuvee/registered-models/unfollow");

/** Follow no longer those models that the caller may not read any longer. Needs login. */
export const unfollowHiddenModels = /*#__PURE__*/ operation<
  Record<string, never>,
  Empty
>("unfollowHiddenModels", "POST", "/api/1.0/cuvee/registered-models/unfollow-hidden");

/** Read what a version lacks for a stage, and what its required checks say. Needs read. */
export const explainTransition = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
    stage: string;
    comment?: string;
  },
  cuvee_api_reviews_Explanation
>("explainTransition", "GET", "/api/1.0/cuvee/requests/explain", true);

/** Read one request to move a version, open or not, by its id. Needs login. */
export const getTransitionRequest = /*#__PURE__*/ operation<
  {
    id: string;
  },
  TransitionRequestResult
>("getTransitionRequest", "GET", "/api/1.0/cuvee/requests/get", true);

/** Find requests to move versions: open ones oldest first, ended ones the last ended first. Needs login. */
export const searchTransitionRequests = /*#__PURE__*/ operation<
  {
    name?: string;
    state?: "closed" | "open";
    role?: "any" | "requester" | "reviewer";
    max_results?: number;
    page_token?: string;
  },
  RequestPage
>("searchTransitionRequests", "GET", "/api/1.0/cuvee/requests/search", true);

/** Read the open requests of all models that wait for the caller's word, oldest first. Needs login. */
export const listWaitingRequests = /*#__PURE__*/ operation<
  {
    max_results?: number;
    page_token?: string;
  },
  RequestPage
>("listWaitingRequests", "GET", "/api/1.0/cuvee/requests/waiting", true);

/** Mark many runs as deleted; they can be restored. Those behind a stage are refused. Needs manage. */
export const deleteRuns = /*#__PURE__*/ operation<
  {
    comment?: string;
    run_ids?: string[];
    experiment_ids?: string[];
    filter?: string;
    force?: boolean;
    max_runs?: number;
    page_token?: string;
  },
  RunsChanged
>("deleteRuns", "POST", "/api/1.0/cuvee/runs/delete-many");

/** List the files of some runs with all that lies in directories, and their digests. Needs read. */
export const listRunFiles = /*#__PURE__*/ operation<
  {
    run_ids: string[];
    path?: string;
    max_files?: number;
  },
  RunFileLists
>("listRunFiles", "GET", "/api/1.0/cuvee/runs/files", true);

/** Start a run that goes on where another was at a step. Needs edit. */
export const forkRun = /*#__PURE__*/ operation<
  {
    comment?: string;
    run_id: string;
    step: number;
    new_run_id?: string;
    run_name?: string;
    artifacts?: boolean;
  },
  RunResult
>("forkRun", "POST", "/api/1.0/cuvee/runs/fork");

/** List the groups of runs of some experiments, and what their runs are together. Needs read. */
export const listRunGroups = /*#__PURE__*/ operation<
  {
    experiment_ids: string[];
    metrics?: string[];
    max_results?: number;
    page_token?: string;
    by?: string;
    filter?: string;
    run_view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
  },
  RunGroups
>("listRunGroups", "GET", "/api/1.0/cuvee/runs/groups", true);

/** Say that a run's process lives; without another word in time the run becomes FAILED. Needs edit. */
export const heartbeat = /*#__PURE__*/ operation<
  {
    run_id: string;
    lease?: number;
    tail?: string | null;
  },
  LeaseResult
>("heartbeat", "POST", "/api/1.0/cuvee/runs/heartbeat");

/** List the metrics, params and tags of the runs that pass a filter; all, or what varies. Needs read. */
export const listRunKeys = /*#__PURE__*/ operation<
  {
    experiment_ids?: string[];
    filter?: string;
    run_view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
    kinds?: ("metric" | "param" | "tag")[];
    contains?: string;
    varying?: boolean;
    limit?: number;
  },
  RunKeys
>("listRunKeys", "POST", "/api/1.0/cuvee/runs/keys", true);

/** Read when a run's process was last heard of, and the last lines of its output. Needs read. */
export const getLease = /*#__PURE__*/ operation<
  {
    run_id: string;
  },
  LeaseResult
>("getLease", "GET", "/api/1.0/cuvee/runs/lease", true);

/** Read what a run comes from (datasets, models, runs) and what has come of it. Needs read. */
export const getRunLineage = /*#__PURE__*/ operation<
  {
    run_id: string;
    depth?: number;
    max_nodes?: number;
  },
  Lineage
>("getRunLineage", "GET", "/api/1.0/cuvee/runs/lineage", true);

/** Find runs as an outline: those that pass, and the runs that they are nested in. Needs read. */
export const searchRunOutline = /*#__PURE__*/ operation<
  {
    experiment_ids?: string[];
    filter?: string;
    run_view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
    order_by?: string[];
    columns?: string[];
    unfold?: boolean;
    except_runs?: string[];
    limit?: number;
    offset?: number;
    max_text?: number;
  },
  RunOutline
>("searchRunOutline", "POST", "/api/1.0/cuvee/runs/outline", true);

/** Read a run as its page shows it, with the first of its metrics and params by their keys. Needs read. */
export const getRunOverview = /*#__PURE__*/ operation<
  {
    run_id: string;
    max_items?: number;
    max_text?: number;
  },
  RunOverview
>("getRunOverview", "GET", "/api/1.0/cuvee/runs/overview", true);

/** Find the runs that ids, or their first digits, mean, deleted ones too. Needs login. */
export const resolveRunIds = /*#__PURE__*/ operation<
  {
    ids: string[];
  },
  RunNames
>("resolveRunIds", "GET", "/api/1.0/cuvee/runs/resolve", true);

/** Bring many deleted runs back. Needs manage. */
export const restoreRuns = /*#__PURE__*/ operation<
  {
    comment?: string;
    run_ids?: string[];
    experiment_ids?: string[];
    filter?: string;
    max_runs?: number;
    page_token?: string;
  },
  RunsChanged
>("restoreRuns", "POST", "/api/1.0/cuvee/runs/restore-many");

/** Remove a run's points after a step for good; params, tags and files stay. Needs manage. */
export const rewindRun = /*#__PURE__*/ operation<
  {
    comment?: string;
    run_id: string;
    step: number;
  },
  Empty
>("rewindRun", "POST", "/api/1.0/cuvee/runs/rewind");

/** Look through a text file of a run: where its lines are, and how many have a text. Needs read. */
export const scanRunFile = /*#__PURE__*/ operation<
  {
    run_id: string;
    path: string;
    contains?: string;
    offset?: number;
  },
  FileScan
>("scanRunFile", "GET", "/api/1.0/cuvee/runs/scan-file", true);

/** Find runs as a table of the columns asked for: a window by index, or a page by token. Needs read. */
export const searchRunTable = /*#__PURE__*/ operation<
  {
    experiment_ids?: string[];
    filter?: string;
    run_view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
    order_by?: string[];
    columns?: string[];
    limit?: number;
    offset?: number;
    page_token?: string;
    total?: boolean;
    max_text?: number;
  },
  RunTable
>("searchRunTable", "POST", "/api/1.0/cuvee/runs/search", true);

/** Set and remove tags of many runs; a tag that a run does not have is not an error. Needs edit. */
export const tagRuns = /*#__PURE__*/ operation<
  {
    run_ids?: string[];
    experiment_ids?: string[];
    filter?: string;
    tags?: RunTag[];
    remove?: string[];
    max_runs?: number;
    page_token?: string;
  },
  RunsChanged
>("tagRuns", "POST", "/api/1.0/cuvee/runs/tag-many");

/** Read small text files of some runs in one call. Needs read. */
export const getRunTexts = /*#__PURE__*/ operation<
  {
    run_ids: string[];
    paths: string[];
    max_bytes?: number;
  },
  RunTexts
>("getRunTexts", "GET", "/api/1.0/cuvee/runs/texts", true);

/** Read the runs nested in a run, to any depth, and what they are together. Needs read. */
export const getRunTree = /*#__PURE__*/ operation<
  {
    run_id: string;
    metrics?: string[];
    max_nodes?: number;
  },
  RunTreeResult
>("getRunTree", "GET", "/api/1.0/cuvee/runs/tree", true);

/** List the latest metrics of a run, or its params, by their keys. Needs read. */
export const listRunValues = /*#__PURE__*/ operation<
  {
    run_id: string;
    kind: "metric" | "param";
    find?: string;
    key?: string;
    max_items?: number;
    max_text?: number;
    only_keys?: boolean;
  },
  RunValues
>("listRunValues", "GET", "/api/1.0/cuvee/runs/values", true);

/** Say whether a filter, and an order, can be read, and if not, where and what was expected. Needs login. */
export const checkSearch = /*#__PURE__*/ operation<
  {
    subject?: "experiments" | "logged_models" | "model_versions" | "registered_models" | "runs";
    filter?: string;
    order_by?: string[];
  },
  SearchCheck
>("checkSearch", "GET", "/api/1.0/cuvee/search/check", true);

/** Say how a filter, or an order, can go on at the cursor: with keys and values that exist. Needs read. */
export const completeSearch = /*#__PURE__*/ operation<
  {
    subject?: "experiments" | "logged_models" | "model_versions" | "registered_models" | "runs";
    text?: string;
    cursor?: number;
    order?: boolean;
    experiment_ids?: string[];
    limit?: number;
  },
  Completions
>("completeSearch", "GET", "/api/1.0/cuvee/search/complete", true);

/** Create the first admin with the token that the server printed when it started. Needs public. */
export const setUp = /*#__PURE__*/ operation<
  {
    comment?: string;
    token: string;
    username: string;
    password: string;
  },
  UserResult
>("setUp", "POST", "/api/1.0/cuvee/setup");

/** Read the version that holds a stage, or that held it at some moment. Needs read. */
export const getStageHolder = /*#__PURE__*/ operation<
  {
    name: string;
    stage: string;
    at?: string;
  },
  StageHolder
>("getStageHolder", "GET", "/api/1.0/cuvee/stages/holder", true);

/** Read which versions held which stages from when to when, newest first. Needs read. */
export const listHoldings = /*#__PURE__*/ operation<
  {
    name: string;
    stage?: string;
    version?: string;
    max_results?: number;
    page_token?: string;
  },
  HoldingPage
>("listHoldings", "GET", "/api/1.0/cuvee/stages/holdings", true);

/** Create a token for oneself or, as an admin, for a service account. Needs login. */
export const createToken = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    username?: string;
    scopes?: ("read" | "registry" | "tracking")[];
    lifetime_days?: number;
  },
  NewToken
>("createToken", "POST", "/api/1.0/cuvee/tokens/create");

/** List one's own tokens or, as an admin, those of a user or (``*``) of all. Needs login. */
export const listTokens = /*#__PURE__*/ operation<
  {
    username?: string;
  },
  TokenList
>("listTokens", "GET", "/api/1.0/cuvee/tokens/list", true);

/** End a token from the next request on; one's own or, as an admin, anyone's. Needs login. */
export const revokeToken = /*#__PURE__*/ operation<
  {
    comment?: string;
    token_id: string;
  },
  Empty
>("revokeToken", "POST", "/api/1.0/cuvee/tokens/revoke");

/** Let a deactivated or deleted user log in again; a deleted one has nothing but the name. Needs admin. */
export const activateUser = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
  },
  Empty
>("activateUser", "POST", "/api/1.0/cuvee/users/activate");

/** Refuse a user's logins from the next request on; groups, grants and tokens are kept. Needs admin. */
export const deactivateUser = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
  },
  Empty
>("deactivateUser", "POST", "/api/1.0/cuvee/users/deactivate");

/** Return what an id in an address stands for. Needs login. */
export const getView = /*#__PURE__*/ operation<
  {
    view_id: string;
  },
  KeptView
>("getView", "GET", "/api/1.0/cuvee/views/get", true);

/** Keep what the address of a page says of its view, and return the id that stands for it. Needs login. */
export const keepView = /*#__PURE__*/ operation<
  {
    query: string;
  },
  KeptView
>("keepView", "POST", "/api/1.0/cuvee/views/keep");

/** Have a URL told of events as CloudEvents; it hears of those from now on. Needs login. */
export const createHook = /*#__PURE__*/ operation<
  {
    comment?: string;
    url: string;
    actions?: string[];
    model?: string | null;
    name?: string;
    description?: string;
    secret?: string;
    authorization?: string;
    headers?: HookHeader[];
    verify?: boolean;
    status?: "ACTIVE" | "DISABLED" | "TEST_MODE";
  },
  HookResult
>("createHook", "POST", "/api/1.0/cuvee/webhooks");

/** List the webhooks of all forms that the caller may manage, newest first. Needs login. */
export const listHooks = /*#__PURE__*/ operation<
  {
    model?: string;
    max_results?: number;
    page_token?: string;
  },
  HookPage
>("listHooks", "GET", "/api/1.0/cuvee/webhooks", true);

/** Read a webhook of any form. Needs login. */
export const getHook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
  },
  HookResult
>("getHook", "GET", "/api/1.0/cuvee/webhooks/{webhook_id}", true);

/** Change the given fields of a webhook of our form; an empty secret takes it away. Needs login. */
export const updateHook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
    comment?: string;
    url?: string | null;
    actions?: string[] | null;
    name?: string | null;
    description?: string | null;
    secret?: string | null;
    authorization?: string | null;
    headers?: HookHeader[] | null;
    verify?: boolean | null;
    status?: "ACTIVE" | "DISABLED" | "TEST_MODE" | null;
  },
  HookResult
>("updateHook", "PATCH", "/api/1.0/cuvee/webhooks/{webhook_id}");

/** Stop a webhook of any form for good; what it has not been told yet is cancelled. Needs login. */
export const deleteHook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
    comment?: string;
  },
  Empty
>("deleteHook", "DELETE", "/api/1.0/cuvee/webhooks/{webhook_id}");

/** List what was sent to a webhook of any form, newest first; ``state=dead`` was given up. Needs login. */
export const listDeliveries = /*#__PURE__*/ operation<
  {
    webhook_id: string;
    state?: "cancelled" | "dead" | "delivered" | "pending" | null;
    max_results?: number;
    page_token?: string;
  },
  DeliveryPage
>("listDeliveries", "GET", "/api/1.0/cuvee/webhooks/{webhook_id}/deliveries", true);

/** Queue deliveries of a webhook again: those named, or all dead ones; their ids stay. Needs login. */
export const redeliverHook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
    comment?: string;
    delivery_ids?: string[];
  },
  Redelivered
>("redeliverHook", "POST", "/api/1.0/cuvee/webhooks/{webhook_id}/redeliver");

/** Send a sample of an event to a webhook of any form now. Needs login. */
export const tryHook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
  },
  TryResult
>("tryHook", "POST", "/api/1.0/cuvee/webhooks/{webhook_id}/test");

/** Read who the server takes the caller for, and how it knows. Needs login. */
export const whoAmI = /*#__PURE__*/ operation<
  Record<string, never>,
  Whoami
>("whoAmI", "GET", "/api/1.0/cuvee/whoami", true);

/** List the files of a run, one directory at a time; paths are relative to the run's root. Needs read. */
export const listArtifacts = /*#__PURE__*/ operation<
  {
    run_id: string;
    path?: string;
    page_token?: string;
  },
  ArtifactPage
>("listArtifacts", "GET", "/api/2.0/mlflow/artifacts/list");

/** Comment on a version. Needs read. */
export const createComment = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
    comment: string;
  },
  CommentResult
>("createComment", "POST", "/api/2.0/mlflow/comments/create");

/** Remove one's own comment; who manages the model may remove any. Needs login. */
export const deleteComment = /*#__PURE__*/ operation<
  {
    id: string;
  },
  Empty
>("deleteComment", "DELETE", "/api/2.0/mlflow/comments/delete");

/** Change one's own comment. Needs login. */
export const updateComment = /*#__PURE__*/ operation<
  {
    id: string;
    comment: string;
  },
  CommentResult
>("updateComment", "PATCH", "/api/2.0/mlflow/comments/update");

/** Move a version to a stage, as ``model-versions/transition-stage`` does. Needs read. */
export const transitionWorkspaceVersion = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    stage: string;
    archive_existing_versions?: boolean;
  },
  WorkspaceModelVersionResult
>("transitionWorkspaceVersion", "POST", "/api/2.0/mlflow/databricks/model-versions/transition-stage");

/** Read a registered model with its id and the caller's permission level. Needs read. */
export const getWorkspaceModel = /*#__PURE__*/ operation<
  {
    name: string;
  },
  WorkspaceModelResult
>("getWorkspaceModel", "GET", "/api/2.0/mlflow/databricks/registered-models/get", true);

/** Create an experiment; with an id of the caller's own, once however often it is sent. Needs edit. */
export const createExperiment = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    experiment_id?: string;
    artifact_location?: string;
    tags?: ExperimentTag[];
  },
  ExperimentCreated
>("createExperiment", "POST", "/api/2.0/mlflow/experiments/create");

/** Mark an experiment and its runs as deleted; it can be restored. Needs manage. */
export const deleteExperiment = /*#__PURE__*/ operation<
  {
    comment?: string;
    experiment_id: string;
    force?: boolean;
  },
  Empty
>("deleteExperiment", "POST", "/api/2.0/mlflow/experiments/delete");

/** Remove a tag of an experiment. Needs edit. */
export const deleteExperimentTag = /*#__PURE__*/ operation<
  {
    comment?: string;
    experiment_id: string;
    key: string;
  },
  Empty
>("deleteExperimentTag", "POST", "/api/2.0/mlflow/experiments/delete-experiment-tag");

/** Read an experiment by its id, deleted ones too. Needs read. */
export const getExperiment = /*#__PURE__*/ operation<
  {
    experiment_id: string;
  },
  ExperimentResult
>("getExperiment", "GET", "/api/2.0/mlflow/experiments/get", true);

/** Read an experiment by its name, deleted ones too. Needs read. */
export const getExperimentByName = /*#__PURE__*/ operation<
  {
    experiment_name: string;
  },
  ExperimentResult
>("getExperimentByName", "GET", "/api/2.0/mlflow/experiments/get-by-name", true);

/** List experiments by their ids, as clients of MLflow 1 ask for them; later ones search. Needs login. */
export const listExperiments = /*#__PURE__*/ operation<
  {
    view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
    max_results?: number;
    page_token?: string;
  },
  ExperimentPage
>("listExperiments", "GET", "/api/2.0/mlflow/experiments/list", true);

/** Bring a deleted experiment and all its runs back. Needs manage. */
export const restoreExperiment = /*#__PURE__*/ operation<
  {
    comment?: string;
    experiment_id: string;
  },
  Empty
>("restoreExperiment", "POST", "/api/2.0/mlflow/experiments/restore");

/** Find experiments by a filter, in an order, a page at a time. Needs login. */
export const searchExperiments = /*#__PURE__*/ operation<
  {
    max_results: number;
    page_token?: string;
    filter?: string;
    order_by?: string[];
    view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
    offset?: number;
    total?: boolean;
  },
  ExperimentPage
>("searchExperiments", "POST", "/api/2.0/mlflow/experiments/search", true);

/** Find experiments by a filter, in an order, a page at a time. Needs login. */
export const searchExperimentsByGet = /*#__PURE__*/ operation<
  {
    max_results: number;
    page_token?: string;
    filter?: string;
    order_by?: string[];
    view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
    offset?: number;
    total?: boolean;
  },
  ExperimentPage
>("searchExperimentsByGet", "GET", "/api/2.0/mlflow/experiments/search", true);

/** List the distinct datasets of up to 20 experiments. Needs read. */
export const searchDatasets = /*#__PURE__*/ operation<
  {
    experiment_ids: string[];
  },
  DatasetSummaries
>("searchDatasets", "POST", "/api/2.0/mlflow/experiments/search-datasets", true);

/** Set a tag of an experiment. Needs edit. */
export const setExperimentTag = /*#__PURE__*/ operation<
  {
    comment?: string;
    experiment_id: string;
    key: string;
    value?: string;
  },
  Empty
>("setExperimentTag", "POST", "/api/2.0/mlflow/experiments/set-experiment-tag");

/** Rename an experiment. Needs manage. */
export const updateExperiment = /*#__PURE__*/ operation<
  {
    comment?: string;
    experiment_id: string;
    new_name: string;
  },
  Empty
>("updateExperiment", "POST", "/api/2.0/mlflow/experiments/update");

/** Announce a model whose files are about to be uploaded. Needs edit. */
export const createLoggedModel = /*#__PURE__*/ operation<
  {
    experiment_id: string;
    model_id?: string;
    name?: string;
    model_type?: string;
    source_run_id?: string;
    params?: LoggedModelParameter[];
    tags?: LoggedModelTag[];
  },
  LoggedModelResult
>("createLoggedModel", "POST", "/api/2.0/mlflow/logged-models");

/** Find logged models of some experiments by a filter, in an order, a page at a time. Needs read. */
export const searchLoggedModels = /*#__PURE__*/ operation<
  {
    experiment_ids: string[];
    filter?: string;
    datasets?: DatasetFilter[];
    max_results?: number;
    order_by?: LoggedModelOrder[];
    page_token?: string;
  },
  LoggedModelPage
>("searchLoggedModels", "POST", "/api/2.0/mlflow/logged-models/search", true);

/** Read a logged model. Needs read. */
export const getLoggedModel = /*#__PURE__*/ operation<
  {
    model_id: string;
    allow_deleted?: boolean;
  },
  LoggedModelResult
>("getLoggedModel", "GET", "/api/2.0/mlflow/logged-models/{model_id}", true);

/** Say that a logged model's files are complete, or that the upload failed. Needs edit. */
export const finalizeLoggedModel = /*#__PURE__*/ operation<
  {
    model_id: string;
    status: "LOGGED_MODEL_PENDING" | "LOGGED_MODEL_READY" | "LOGGED_MODEL_STATUS_UNSPECIFIED" | "LOGGED_MODEL_UPLOAD_FAILED";
  },
  LoggedModelResult
>("finalizeLoggedModel", "PATCH", "/api/2.0/mlflow/logged-models/{model_id}");

/** Mark a logged model as deleted; its files stay. Needs manage. */
export const deleteLoggedModel = /*#__PURE__*/ operation<
  {
    model_id: string;
    comment?: string;
    force?: boolean;
  },
  Empty
>("deleteLoggedModel", "DELETE", "/api/2.0/mlflow/logged-models/{model_id}");

/** List the files of a logged model, one directory at a time. Needs read. */
export const listLoggedModelArtifacts = /*#__PURE__*/ operation<
  {
    model_id: string;
    artifact_directory_path?: string;
    page_token?: string;
  },
  ArtifactPage
>("listLoggedModelArtifacts", "GET", "/api/2.0/mlflow/logged-models/{model_id}/artifacts/directories");

/** Add params to a logged model; a key that it has already is refused. Needs edit. */
export const logLoggedModelParams = /*#__PURE__*/ operation<
  {
    model_id: string;
    params?: LoggedModelParameter[];
  },
  Empty
>("logLoggedModelParams", "POST", "/api/2.0/mlflow/logged-models/{model_id}/params");

/** Set tags of a logged model. Needs edit. */
export const setLoggedModelTags = /*#__PURE__*/ operation<
  {
    model_id: string;
    tags?: LoggedModelTag[];
  },
  LoggedModelEcho
>("setLoggedModelTags", "PATCH", "/api/2.0/mlflow/logged-models/{model_id}/tags");

/** Remove a tag of a logged model. Needs edit. */
export const deleteLoggedModelTag = /*#__PURE__*/ operation<
  {
    model_id: string;
    tag_key: string;
  },
  Empty
>("deleteLoggedModelTag", "DELETE", "/api/2.0/mlflow/logged-models/{model_id}/tags/{tag_key}");

/** Read a metric's points, ordered by time, step and value. Needs read. */
export const getMetricHistory = /*#__PURE__*/ operation<
  {
    run_id: string;
    metric_key: string;
    page_token?: string;
    max_results?: number | null;
  },
  MetricPage
>("getMetricHistory", "GET", "/api/2.0/mlflow/metrics/get-history");

/** Read one metric of up to 100 runs, ordered by run, time, step and value. Needs read. */
export const getMetricHistoryBulk = /*#__PURE__*/ operation<
  {
    run_id: string[];
    metric_key: string;
    max_results?: number;
  },
  MetricList
>("getMetricHistoryBulk", "GET", "/api/2.0/mlflow/metrics/get-history-bulk", true);

/** Read an evenly spread sample of one metric of up to 100 runs. Needs read. */
export const getMetricHistoryBulkInterval = /*#__PURE__*/ operation<
  {
    run_ids: string[];
    metric_key: string;
    start_step?: number | null;
    end_step?: number | null;
    max_results?: number;
  },
  MetricPage
>("getMetricHistoryBulkInterval", "GET", "/api/2.0/mlflow/metrics/get-history-bulk-interval", true);

/** Register a model as the next version; its files can never be changed afterwards. Needs edit. */
export const createModelVersion = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    source: string;
    run_id?: string;
    tags?: ModelVersionTag[];
    run_link?: string;
    description?: string;
    model_id?: string;
  },
  ModelVersionResult
>("createModelVersion", "POST", "/api/2.0/mlflow/model-versions/create");

/** Delete a version; its number is never used again. Needs manage. */
export const deleteModelVersion = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    force?: boolean;
  },
  Empty
>("deleteModelVersion", "DELETE", "/api/2.0/mlflow/model-versions/delete");

/** Remove a tag of a version; a missing one is not an error. Needs edit. */
export const deleteModelVersionTag = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    key: string;
  },
  Empty
>("deleteModelVersionTag", "DELETE", "/api/2.0/mlflow/model-versions/delete-tag");

/** Read a model version. Needs read. */
export const getModelVersion = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
  },
  ModelVersionResult
>("getModelVersion", "GET", "/api/2.0/mlflow/model-versions/get", true);

/** Read where a version's files are. Needs read. */
export const getModelVersionDownloadUri = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
  },
  DownloadUri
>("getModelVersionDownloadUri", "GET", "/api/2.0/mlflow/model-versions/get-download-uri", true);

/** Find model versions by a filter, in an order, a page at a time. Needs login. */
export const searchModelVersions = /*#__PURE__*/ operation<
  {
    filter?: string;
    max_results?: number;
    order_by?: string[];
    page_token?: string;
    offset?: number;
    total?: boolean;
  },
  ModelVersionPage
>("searchModelVersions", "GET", "/api/2.0/mlflow/model-versions/search", true);

/** Set a tag of a version. Needs edit. */
export const setModelVersionTag = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    key: string;
    value?: string;
  },
  Empty
>("setModelVersionTag", "POST", "/api/2.0/mlflow/model-versions/set-tag");

/** Move a version to a stage; versions that hold it leave it when asked, or when one may. Needs read. */
export const transitionStage = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    stage: string;
    archive_existing_versions?: boolean;
    expected_holder?: string | null;
    break_glass?: boolean;
  },
  ModelVersionResult
>("transitionStage", "POST", "/api/2.0/mlflow/model-versions/transition-stage");

/** Set a version's description; an absent one clears it. Needs edit. */
export const updateModelVersion = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    description?: string;
  },
  ModelVersionResult
>("updateModelVersion", "PATCH", "/api/2.0/mlflow/model-versions/update");

/** Point an alias at a version. Needs edit. */
export const setRegisteredModelAlias = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    alias: string;
    version: string;
  },
  Empty
>("setRegisteredModelAlias", "POST", "/api/2.0/mlflow/registered-models/alias");

/** Remove an alias; a missing one is not an error. Needs edit. */
export const deleteRegisteredModelAlias = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    alias: string;
  },
  Empty
>("deleteRegisteredModelAlias", "DELETE", "/api/2.0/mlflow/registered-models/alias");

/** Read the version that an alias points at; ``latest`` means the highest version. Needs read. */
export const getModelVersionByAlias = /*#__PURE__*/ operation<
  {
    name: string;
    alias: string;
  },
  ModelVersionResult
>("getModelVersionByAlias", "GET", "/api/2.0/mlflow/registered-models/alias", true);

/** Create a registered model; ``folder``, or the tag ``cuvee.folder``, says in which folder. Needs edit. */
export const createRegisteredModel = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    tags?: RegisteredModelTag[];
    description?: string | null;
    folder?: string;
  },
  RegisteredModelResult
>("createRegisteredModel", "POST", "/api/2.0/mlflow/registered-models/create");

/** Remove a registered model with its versions, tags and aliases for good. Needs manage. */
export const deleteRegisteredModel = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    force?: boolean;
  },
  Empty
>("deleteRegisteredModel", "DELETE", "/api/2.0/mlflow/registered-models/delete");

/** Remove a tag of a registered model; a missing one is not an error. Needs edit. */
export const deleteRegisteredModelTag = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    key: string;
  },
  Empty
>("deleteRegisteredModelTag", "DELETE", "/api/2.0/mlflow/registered-models/delete-tag");

/** Read a registered model. Needs read. */
export const getRegisteredModel = /*#__PURE__*/ operation<
  {
    name: string;
  },
  RegisteredModelResult
>("getRegisteredModel", "GET", "/api/2.0/mlflow/registered-models/get", true);

/** Read the highest version of each of some stages; of all stages when none is named. Needs read. */
export const getLatestVersions = /*#__PURE__*/ operation<
  {
    name: string;
    stages?: string[];
  },
  VersionList
>("getLatestVersions", "POST", "/api/2.0/mlflow/registered-models/get-latest-versions", true);

/** Read the highest version of each of some stages; of all stages when none is named. Needs read. */
export const getLatestVersionsByGet = /*#__PURE__*/ operation<
  {
    name: string;
    stages?: string[];
  },
  VersionList
>("getLatestVersionsByGet", "GET", "/api/2.0/mlflow/registered-models/get-latest-versions", true);

/** List registered models by their names, as clients of MLflow 1 ask; later ones search. Needs login. */
export const listRegisteredModels = /*#__PURE__*/ operation<
  {
    max_results?: number;
    page_token?: string;
  },
  RegisteredModelPage
>("listRegisteredModels", "GET", "/api/2.0/mlflow/registered-models/list", true);

/** Give a registered model another name; versions, tags and aliases come along. Needs manage. */
export const renameRegisteredModel = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    new_name: string;
  },
  RegisteredModelResult
>("renameRegisteredModel", "POST", "/api/2.0/mlflow/registered-models/rename");

/** Find registered models by a filter, in an order, a page at a time. Needs login. */
export const searchRegisteredModels = /*#__PURE__*/ operation<
  {
    filter?: string;
    max_results?: number;
    order_by?: string[];
    page_token?: string;
    offset?: number;
    total?: boolean;
  },
  RegisteredModelPage
>("searchRegisteredModels", "GET", "/api/2.0/mlflow/registered-models/search", true);

/** Set a tag of a registered model. Needs edit. */
export const setRegisteredModelTag = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    key: string;
    value?: string;
  },
  Empty
>("setRegisteredModelTag", "POST", "/api/2.0/mlflow/registered-models/set-tag");

/** Set a registered model's description; an absent one clears it. Needs edit. */
export const updateRegisteredModel = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    description?: string | null;
  },
  RegisteredModelResult
>("updateRegisteredModel", "PATCH", "/api/2.0/mlflow/registered-models/update");

/** Have a URL told, or a job run, when a model or (without a name) any model changes. Needs login. */
export const createRegistryWebhook = /*#__PURE__*/ operation<
  {
    comment?: string;
    events: ("COMMENT_CREATED" | "MODEL_VERSION_CREATED" | "MODEL_VERSION_TAG_SET" | "MODEL_VERSION_TRANSITIONED_STAGE" | "MODEL_VERSION_TRANSITIONED_TO_ARCHIVED" | "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION" | "MODEL_VERSION_TRANSITIONED_TO_STAGING" | "REGISTERED_MODEL_CREATED" | "TRANSITION_REQUEST_CREATED" | "TRANSITION_REQUEST_TO_ARCHIVED_CREATED" | "TRANSITION_REQUEST_TO_PRODUCTION_CREATED" | "TRANSITION_REQUEST_TO_STAGING_CREATED")[];
    model_name?: string | null;
    description?: string | null;
    http_url_spec?: HttpUrlSpec | null;
    job_spec?: JobSpec | null;
    status?: "ACTIVE" | "DISABLED" | "TEST_MODE";
  },
  RegistryWebhookResult
>("createRegistryWebhook", "POST", "/api/2.0/mlflow/registry-webhooks/create");

/** Stop a webhook for good; what it has not been told yet is dropped. Needs login. */
export const deleteRegistryWebhook = /*#__PURE__*/ operation<
  {
    comment?: string;
    id: string;
  },
  Empty
>("deleteRegistryWebhook", "DELETE", "/api/2.0/mlflow/registry-webhooks/delete");

/** List the webhooks that share any of ``events``, newest first. Needs login. */
export const listRegistryWebhooks = /*#__PURE__*/ operation<
  {
    events?: ("COMMENT_CREATED" | "MODEL_VERSION_CREATED" | "MODEL_VERSION_TAG_SET" | "MODEL_VERSION_TRANSITIONED_STAGE" | "MODEL_VERSION_TRANSITIONED_TO_ARCHIVED" | "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION" | "MODEL_VERSION_TRANSITIONED_TO_STAGING" | "REGISTERED_MODEL_CREATED" | "TRANSITION_REQUEST_CREATED" | "TRANSITION_REQUEST_TO_ARCHIVED_CREATED" | "TRANSITION_REQUEST_TO_PRODUCTION_CREATED" | "TRANSITION_REQUEST_TO_STAGING_CREATED")[];
    model_name?: string;
    max_results?: number;
    page_token?: string;
  },
  RegistryWebhookPage
>("listRegistryWebhooks", "GET", "/api/2.0/mlflow/registry-webhooks/list", true);

/** Send a sample of an event (of any of the webhook's when none is named) now. Needs login. */
export const tryRegistryWebhook = /*#__PURE__*/ operation<
  {
    id: string;
    event?: "COMMENT_CREATED" | "MODEL_VERSION_CREATED" | "MODEL_VERSION_TAG_SET" | "MODEL_VERSION_TRANSITIONED_STAGE" | "MODEL_VERSION_TRANSITIONED_TO_ARCHIVED" | "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION" | "MODEL_VERSION_TRANSITIONED_TO_STAGING" | "REGISTERED_MODEL_CREATED" | "TRANSITION_REQUEST_CREATED" | "TRANSITION_REQUEST_TO_ARCHIVED_CREATED" | "TRANSITION_REQUEST_TO_PRODUCTION_CREATED" | "TRANSITION_REQUEST_TO_STAGING_CREATED" | null;
  },
  RegistryTryResult
>("tryRegistryWebhook", "POST", "/api/2.0/mlflow/registry-webhooks/test");

/** Change the given fields of a webhook; an empty ``authorization`` takes it away. Needs login. */
export const updateRegistryWebhook = /*#__PURE__*/ operation<
  {
    comment?: string;
    id: string;
    description?: string | null;
    events?: ("COMMENT_CREATED" | "MODEL_VERSION_CREATED" | "MODEL_VERSION_TAG_SET" | "MODEL_VERSION_TRANSITIONED_STAGE" | "MODEL_VERSION_TRANSITIONED_TO_ARCHIVED" | "MODEL_VERSION_TRANSITIONED_TO_PRODUCTION" | "MODEL_VERSION_TRANSITIONED_TO_STAGING" | "REGISTERED_MODEL_CREATED" | "TRANSITION_REQUEST_CREATED" | "TRANSITION_REQUEST_TO_ARCHIVED_CREATED" | "TRANSITION_REQUEST_TO_PRODUCTION_CREATED" | "TRANSITION_REQUEST_TO_STAGING_CREATED")[];
    http_url_spec?: HttpUrlSpec | null;
    job_spec?: JobSpec | null;
    status?: "ACTIVE" | "DISABLED" | "TEST_MODE" | null;
  },
  RegistryWebhookResult
>("updateRegistryWebhook", "PATCH", "/api/2.0/mlflow/registry-webhooks/update");

/** Start a run in an experiment; with an id of the caller's own, once however often it is sent. Needs edit. */
export const createRun = /*#__PURE__*/ operation<
  {
    comment?: string;
    experiment_id?: string;
    experiment_name?: string;
    run_id?: string;
    user_id?: string;
    run_name?: string;
    start_time?: number;
    tags?: RunTag[];
  },
  RunResult
>("createRun", "POST", "/api/2.0/mlflow/runs/create");

/** Mark a run as deleted; it can be restored. Needs manage. */
export const deleteRun = /*#__PURE__*/ operation<
  {
    comment?: string;
    run_id: string;
    force?: boolean;
  },
  Empty
>("deleteRun", "POST", "/api/2.0/mlflow/runs/delete");

/** Remove a tag of a run. Needs edit. */
export const deleteTag = /*#__PURE__*/ operation<
  {
    run_id: string;
    key: string;
  },
  Empty
>("deleteTag", "POST", "/api/2.0/mlflow/runs/delete-tag");

/** Read a run, deleted ones too. Needs read. */
export const getRun = /*#__PURE__*/ operation<
  {
    run_id: string;
  },
  RunResult
>("getRun", "GET", "/api/2.0/mlflow/runs/get", true);

/** Add metrics, params and tags to a run, all or nothing. Needs edit. */
export const logBatch = /*#__PURE__*/ operation<
  {
    run_id: string;
    metrics?: Metric[];
    params?: Param[];
    tags?: RunTag[];
    lease?: number | null;
  },
  Empty
>("logBatch", "POST", "/api/2.0/mlflow/runs/log-batch");

/** Record datasets and models as inputs of a run. Needs edit. */
export const logInputs = /*#__PURE__*/ operation<
  {
    run_id: string;
    datasets?: DatasetInput[];
    models?: ModelInput[];
  },
  Empty
>("logInputs", "POST", "/api/2.0/mlflow/runs/log-inputs");

/** Log one point of a metric; logging the same point again changes nothing. Needs edit. */
export const logMetric = /*#__PURE__*/ operation<
  {
    run_id: string;
    key: string;
    value: Float;
    timestamp: number;
    step?: number;
    model_id?: string | null;
    dataset_name?: string | null;
    dataset_digest?: string | null;
  },
  Empty
>("logMetric", "POST", "/api/2.0/mlflow/runs/log-metric");

/** Note in a run's tags that a model was logged (clients before MLflow 3). Needs edit. */
export const logModel = /*#__PURE__*/ operation<
  {
    run_id: string;
    model_json: string;
  },
  Empty
>("logModel", "POST", "/api/2.0/mlflow/runs/log-model");

/** Log a param; the same value again changes nothing, another value is refused. Needs edit. */
export const logParam = /*#__PURE__*/ operation<
  {
    run_id: string;
    key: string;
    value?: string;
  },
  Empty
>("logParam", "POST", "/api/2.0/mlflow/runs/log-parameter");

/** Record models as outputs of a run; a repeated model keeps its first step. Needs edit. */
export const logOutputs = /*#__PURE__*/ operation<
  {
    run_id: string;
    models: ModelOutput[];
  },
  Empty
>("logOutputs", "POST", "/api/2.0/mlflow/runs/outputs");

/** Bring a deleted run back. Needs manage. */
export const restoreRun = /*#__PURE__*/ operation<
  {
    comment?: string;
    run_id: string;
  },
  Empty
>("restoreRun", "POST", "/api/2.0/mlflow/runs/restore");

/** Find runs of some experiments by a filter, in an order, a page at a time. Needs read. */
export const searchRuns = /*#__PURE__*/ operation<
  {
    experiment_ids?: string[];
    filter?: string;
    run_view_type?: "ACTIVE_ONLY" | "ALL" | "DELETED_ONLY";
    max_results?: number;
    order_by?: string[];
    page_token?: string;
  },
  RunPage
>("searchRuns", "POST", "/api/2.0/mlflow/runs/search", true);

/** Set a tag of a run. Needs edit. */
export const setTag = /*#__PURE__*/ operation<
  {
    run_id: string;
    key: string;
    value?: string;
  },
  Empty
>("setTag", "POST", "/api/2.0/mlflow/runs/set-tag");

/** Change a run's status, end time or name. Needs edit. */
export const updateRun = /*#__PURE__*/ operation<
  {
    comment?: string;
    run_id: string;
    status?: "FAILED" | "FINISHED" | "KILLED" | "RUNNING" | "SCHEDULED" | null;
    end_time?: number | null;
    run_name?: string;
  },
  RunInfoResult
>("updateRun", "POST", "/api/2.0/mlflow/runs/update");

/** Approve the open requests for a stage; the approval that completes the policy moves. Needs read. */
export const approveTransitionRequest = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    stage: string;
    archive_existing_versions?: boolean;
    expected_holder?: string | null;
  },
  ActivityResult
>("approveTransitionRequest", "POST", "/api/2.0/mlflow/transition-requests/approve");

/** Ask for a version to be moved to a stage. Needs read. */
export const createTransitionRequest = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    stage: string;
  },
  TransitionRequestResult
>("createTransitionRequest", "POST", "/api/2.0/mlflow/transition-requests/create");

/** Cancel one user's open request for a stage; who manages the model may cancel any. Needs read. */
export const deleteTransitionRequest = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    stage: string;
    creator: string;
  },
  ActivityResult
>("deleteTransitionRequest", "DELETE", "/api/2.0/mlflow/transition-requests/delete");

/** Read the open requests of a version. Needs read. */
export const listTransitionRequests = /*#__PURE__*/ operation<
  {
    name: string;
    version: string;
  },
  RequestList
>("listTransitionRequests", "GET", "/api/2.0/mlflow/transition-requests/list", true);

/** Reject the open requests for a stage, saying why. Needs read. */
export const rejectTransitionRequest = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    version: string;
    stage: string;
  },
  ActivityResult
>("rejectTransitionRequest", "POST", "/api/2.0/mlflow/transition-requests/reject");

/** Create a user; the first one is an admin, and from then on everyone must log in. Needs admin. */
export const createUser = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
    password?: string;
    is_admin?: boolean;
    kind?: "person" | "service";
  },
  UserResult
>("createUser", "POST", "/api/2.0/mlflow/users/create");

/** Read the user who asks. Needs login. */
export const getCurrentUser = /*#__PURE__*/ operation<
  Record<string, never>,
  CurrentUser
>("getCurrentUser", "GET", "/api/2.0/mlflow/users/current", true);

/** End a user's access for good: no login, tokens, groups or grants; the name stays taken. Needs admin. */
export const deleteUser = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
  },
  Empty
>("deleteUser", "DELETE", "/api/2.0/mlflow/users/delete");

/** Read one user; who is no admin may read oneself. Needs login. */
export const getUser = /*#__PURE__*/ operation<
  {
    username: string;
  },
  UserResult
>("getUser", "GET", "/api/2.0/mlflow/users/get", true);

/** List the users by name; who is no admin sees names only. Needs login. */
export const listUsers = /*#__PURE__*/ operation<
  Record<string, never>,
  UserList
>("listUsers", "GET", "/api/2.0/mlflow/users/list", true);

/** Make a user an admin, or no longer one; an active admin must remain. Needs admin. */
export const updateUserAdmin = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
    is_admin: boolean;
  },
  Empty
>("updateUserAdmin", "PATCH", "/api/2.0/mlflow/users/update-admin");

/** Set a password and end the user's sessions; one's own needs the current one too. Needs login. */
export const updateUserPassword = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
    password: string;
    current_password?: string;
  },
  Empty
>("updateUserPassword", "PATCH", "/api/2.0/mlflow/users/update-password");

/** Have a URL told of changes in the registry, as MLflow tells them. Needs admin. */
export const createWebhook = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    url: string;
    events: WebhookEvent[];
    description?: string | null;
    secret?: string | null;
    status?: "ACTIVE" | "DISABLED";
  },
  WebhookResult
>("createWebhook", "POST", "/api/2.0/mlflow/webhooks");

/** List the webhooks of MLflow's form, newest first; ``max_results`` 0 means 100. Needs admin. */
export const listWebhooks = /*#__PURE__*/ operation<
  {
    max_results?: number;
    page_token?: string;
  },
  WebhookPage
>("listWebhooks", "GET", "/api/2.0/mlflow/webhooks", true);

/** Read a webhook of MLflow's form. Needs admin. */
export const getWebhook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
  },
  WebhookResult
>("getWebhook", "GET", "/api/2.0/mlflow/webhooks/{webhook_id}", true);

/** Change the given fields of a webhook; an empty ``secret`` takes it away. Needs admin. */
export const updateWebhook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
    comment?: string;
    name?: string | null;
    description?: string | null;
    url?: string | null;
    events?: WebhookEvent[];
    secret?: string | null;
    status?: "ACTIVE" | "DISABLED" | null;
  },
  WebhookResult
>("updateWebhook", "PATCH", "/api/2.0/mlflow/webhooks/{webhook_id}");

/** Stop a webhook for good; what it has not been told yet is dropped. Needs admin. */
export const deleteWebhook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
    comment?: string;
  },
  Empty
>("deleteWebhook", "DELETE", "/api/2.0/mlflow/webhooks/{webhook_id}");

/** Send a sample of an event (of the webhook's first one when none is named) now. Needs admin. */
export const tryWebhook = /*#__PURE__*/ operation<
  {
    webhook_id: string;
    event?: WebhookEvent | null;
  },
  TryResult
>("tryWebhook", "POST", "/api/2.0/mlflow/webhooks/{webhook_id}/test");

/** Read who may do what with an experiment. Needs read. */
export const getExperimentPermissions = /*#__PURE__*/ operation<
  {
    id: string;
  },
  ObjectPermissions
>("getExperimentPermissions", "GET", "/api/2.0/permissions/experiments/{id}", true);

/** Replace what was given on an experiment itself. Needs manage. */
export const setExperimentPermissions = /*#__PURE__*/ operation<
  {
    id: string;
    comment?: string;
    access_control_list?: AccessEntry[];
  },
  ObjectPermissions
>("setExperimentPermissions", "PUT", "/api/2.0/permissions/experiments/{id}");

/** Give levels on an experiment; other users and groups keep theirs. Needs manage. */
export const updateExperimentPermissions = /*#__PURE__*/ operation<
  {
    id: string;
    comment?: string;
    access_control_list?: AccessEntry[];
  },
  ObjectPermissions
>("updateExperimentPermissions", "PATCH", "/api/2.0/permissions/experiments/{id}");

/** Read which levels can be given on an experiment. Needs read. */
export const getExperimentPermissionLevels = /*#__PURE__*/ operation<
  {
    id: string;
  },
  LevelMeanings
>("getExperimentPermissionLevels", "GET", "/api/2.0/permissions/experiments/{id}/permissionLevels", true);

/** Read who may do what with a registered model; ``id`` is the model's, not its name. Needs read. */
export const getModelPermissions = /*#__PURE__*/ operation<
  {
    id: string;
  },
  ObjectPermissions
>("getModelPermissions", "GET", "/api/2.0/permissions/registered-models/{id}", true);

/** Replace what was given on a registered model itself. Needs manage. */
export const setModelPermissions = /*#__PURE__*/ operation<
  {
    id: string;
    comment?: string;
    access_control_list?: AccessEntry[];
  },
  ObjectPermissions
>("setModelPermissions", "PUT", "/api/2.0/permissions/registered-models/{id}");

/** Give levels on a registered model; other users and groups keep theirs. Needs manage. */
export const updateModelPermissions = /*#__PURE__*/ operation<
  {
    id: string;
    comment?: string;
    access_control_list?: AccessEntry[];
  },
  ObjectPermissions
>("updateModelPermissions", "PATCH", "/api/2.0/permissions/registered-models/{id}");

/** Read which levels can be given on a registered model. Needs read. */
export const getModelPermissionLevels = /*#__PURE__*/ operation<
  {
    id: string;
  },
  LevelMeanings
>("getModelPermissionLevels", "GET", "/api/2.0/permissions/registered-models/{id}/permissionLevels", true);

/** Add a user to a group, in MLflow's words. Needs admin. */
export const assignRole = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
    role_id: number;
  },
  AssignmentResult
>("assignRole", "POST", "/api/3.0/mlflow/roles/assign");

/** Create a group, in MLflow's words. Needs admin. */
export const createRole = /*#__PURE__*/ operation<
  {
    comment?: string;
    name: string;
    workspace?: string;
    description?: string | null;
  },
  RoleResult
>("createRole", "POST", "/api/3.0/mlflow/roles/create");

/** Delete a group with what its members may do through it, in MLflow's words. Needs admin. */
export const deleteRole = /*#__PURE__*/ operation<
  {
    comment?: string;
    role_id: number;
  },
  Empty
>("deleteRole", "DELETE", "/api/3.0/mlflow/roles/delete");

/** Read a group by its number, in MLflow's words. Needs login. */
export const getRole = /*#__PURE__*/ operation<
  {
    role_id: number;
  },
  RoleResult
>("getRole", "GET", "/api/3.0/mlflow/roles/get", true);

/** List the groups by name, in MLflow's words. Needs login. */
export const listRoles = /*#__PURE__*/ operation<
  {
    workspace?: string[];
  },
  RoleList
>("listRoles", "GET", "/api/3.0/mlflow/roles/list", true);

/** Give a role a level on an experiment or registered model; ``*`` is all of them. Needs manage. */
export const addRolePermission = /*#__PURE__*/ operation<
  {
    comment?: string;
    role_id: number;
    resource_type: "experiment" | "prompt" | "registered_model";
    resource_pattern: string;
    permission: "DENY" | "EDIT" | "MANAGE" | "NO_PERMISSIONS" | "READ" | "USE";
  },
  RolePermissionResult
>("addRolePermission", "POST", "/api/3.0/mlflow/roles/permissions/add");

/** List the levels of a role, to its members and admins. Needs login. */
export const listRolePermissions = /*#__PURE__*/ operation<
  {
    role_id: number;
  },
  RolePermissions
>("listRolePermissions", "GET", "/api/3.0/mlflow/roles/permissions/list", true);

/** Take a level back from a role. Needs manage. */
export const removeRolePermission = /*#__PURE__*/ operation<
  {
    comment?: string;
    role_permission_id: number;
  },
  Empty
>("removeRolePermission", "DELETE", "/api/3.0/mlflow/roles/permissions/remove");

/** Change a level of a role. Needs manage. */
export const updateRolePermission = /*#__PURE__*/ operation<
  {
    comment?: string;
    role_permission_id: number;
    permission: "DENY" | "EDIT" | "MANAGE" | "NO_PERMISSIONS" | "READ" | "USE";
  },
  RolePermissionResult
>("updateRolePermission", "PATCH", "/api/3.0/mlflow/roles/permissions/update");

/** Take a user out of a group, in MLflow's words. Needs admin. */
export const unassignRole = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
    role_id: number;
  },
  Empty
>("unassignRole", "DELETE", "/api/3.0/mlflow/roles/unassign");

/** Rename a group or describe it anew, in MLflow's words. Needs admin. */
export const updateRole = /*#__PURE__*/ operation<
  {
    comment?: string;
    role_id: number;
    name?: string | null;
    description?: string | null;
  },
  RoleResult
>("updateRole", "PATCH", "/api/3.0/mlflow/roles/update");

/** List who is in a group, in MLflow's words. Needs login. */
export const listRoleUsers = /*#__PURE__*/ operation<
  {
    role_id: number;
  },
  AssignmentList
>("listRoleUsers", "GET", "/api/3.0/mlflow/roles/users/list", true);

/** List the caller's own grants. Needs login. */
export const listCurrentPermissions = /*#__PURE__*/ operation<
  Record<string, never>,
  UserPermissions
>("listCurrentPermissions", "GET", "/api/3.0/mlflow/users/current/permissions", true);

/** Read the level that all grants together give a user. Needs login. */
export const getUserPermission = /*#__PURE__*/ operation<
  {
    username: string;
    resource_type: "experiment" | "prompt" | "registered_model";
    resource_id: string;
  },
  UserPermission
>("getUserPermission", "GET", "/api/3.0/mlflow/users/permissions/get", true);

/** Give a user a level on an experiment or registered model; ``*`` is all of them. Needs manage. */
export const grantUserPermission = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
    resource_type: "experiment" | "prompt" | "registered_model";
    resource_id: string;
    permission: "DENY" | "EDIT" | "MANAGE" | "NO_PERMISSIONS" | "READ" | "USE";
  },
  Empty
>("grantUserPermission", "POST", "/api/3.0/mlflow/users/permissions/grant");

/** List the grants of a user; one's own, or as an admin anyone's. Needs login. */
export const listUserPermissions = /*#__PURE__*/ operation<
  {
    username: string;
  },
  UserPermissions
>("listUserPermissions", "GET", "/api/3.0/mlflow/users/permissions/list", true);

/** Take back the level that a user was given on an experiment or registered model. Needs manage. */
export const revokeUserPermission = /*#__PURE__*/ operation<
  {
    comment?: string;
    username: string;
    resource_type: "experiment" | "prompt" | "registered_model";
    resource_id: string;
  },
  Empty
>("revokeUserPermission", "POST", "/api/3.0/mlflow/users/permissions/revoke");

/** List the groups of a user, in MLflow's words; who is no admin may list one's own. Needs login. */
export const listUserRoles = /*#__PURE__*/ operation<
  {
    username: string;
  },
  RoleList
>("listUserRoles", "GET", "/api/3.0/mlflow/users/roles/list", true);
