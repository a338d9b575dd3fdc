"""What each call needs, written by hand from the table of abilities, not from the declarations.

A call that is not here fails the test: whoever adds one says here who may use it. ``Who`` says on
what the level must be: the objects that the example names, or the folder of a new name.
"""

from __future__ import annotations

from cuvee.api.base import Level

ANYONE = "whoever has logged in"
OWN = "the user whom the example names, and admins"
ADMINS = "admins only"
ELSEWHERE = "tested elsewhere: needs a secret, a receiver, a signature or an author"

_READ = """
GetExperiment GetExperimentByName GetRun SearchRuns SearchRunTable SearchRunOutline ListRunKeys
CompleteSearch GetRunOverview ListRunValues
GetMetricHistory GetMetricHistoryBulk GetMetricSeries GetMetricTail
GetMetricHistoryBulkInterval SearchDatasets GetLoggedModel SearchLoggedModels
ListLoggedModelArtifacts ListArtifacts ListRunFiles GetRunTexts ScanRunFile
GetRegisteredModel
GetLatestVersions GetModelVersionByAlias
GetModelVersion GetModelVersionDownloadUri GetVersionManifest GetEvidence ListPermissions
GetModelPermissions GetModelPermissionLevels GetExperimentPermissions
GetExperimentPermissionLevels CreateTransitionRequest ListTransitionRequests GetWorkspaceModel
ExplainTransition ListActivities CreateComment ListComments ListChecks
GetLease GetRunTree ListRunGroups GetStageHolder ListHoldings GetModelPolicy ListPolicyVersions
FindVersionByDigest CompareVersions GetTransitionRequest GetVersionLineage GetRunLineage
GetScoring ScoreVersion ListLoads FollowModel UnfollowModel ListDeployments
"""
_EDIT = """
SetExperimentTag DeleteExperimentTag CreateRun UpdateRun LogParam SetTag DeleteTag TagRuns LogBatch
LogModel LogMetric Heartbeat ForkRun LogInputs LogOutputs CreateLoggedModel
FinalizeLoggedModel SetLoggedModelTags
DeleteLoggedModelTag LogLoggedModelParams UpdateRegisteredModel SetRegisteredModelTag
DeleteRegisteredModelTag SetRegisteredModelAlias DeleteRegisteredModelAlias CreateModelVersion
UpdateModelVersion SetModelVersionTag DeleteModelVersionTag SetCheck DeleteCheck
RecordDeployment EndDeployment
"""
_STAGING = """
ApproveTransitionRequest RejectTransitionRequest TransitionWorkspaceVersion RollbackStage
"""
_PRODUCTION = """
TransitionStage SwapStages
"""
_MANAGE = """
UpdateExperiment DeleteExperiment RestoreExperiment DeleteRun RestoreRun DeleteRuns RestoreRuns
RewindRun DeleteLoggedModel RenameRegisteredModel MoveRegisteredModel
DeleteRegisteredModel DeleteModelVersion GrantPermission
RevokePermission SetModelPermissions UpdateModelPermissions SetExperimentPermissions
UpdateExperimentPermissions GrantUserPermission RevokeUserPermission GetUserPermission
RemoveRolePermission UpdateRolePermission DeleteTransitionRequest DeleteComment CloseEmergency
CreateRegistryWebhook CreateHook ApplyPolicy RemovePolicy RehearsePolicy
"""
_EDIT_ON_FOLDER = "CreateExperiment CreateRegisteredModel"
_MANAGE_ON_ALL = "AddRolePermission MoveFolder ArchiveFolder RestoreFolder"
_ANYONE = """
AskTogether ResolveRunIds
ListFolder ListTopFolders SearchExperiments SearchRegisteredModels SearchModelVersions
ListExperiments ListRegisteredModels
SearchModelOverviews
GetExperimentOverviews CheckSearch
ListEvents GetCurrentUser ListUsers
WhoAmI GetGroup ListGroups GetRole ListRoles ListRoleUsers ExplainPermission
ListCurrentPermissions ListRolePermissions ListWaitingRequests ListEmergencies
SearchTransitionRequests
ListRegistryWebhooks ListHooks ListCheckpoints GetInclusion GetConsistency GetLogEntry
ListLogEntries GetLogStatus ListFollowedModels MarkModelsSeen
UnfollowHiddenModels KeepView GetView
"""
_OWN = """
GetUser UpdateUserPassword ListUserRoles ListTokens ListUserPermissions
"""
_ADMINS = """
CreateUser UpdateUserAdmin DeleteUser DeactivateUser ActivateUser CreateGroup UpdateGroup
DeleteGroup EraseEventTexts EraseEventAddresses LoadDemo
CreateWebhook ListWebhooks GetWebhook UpdateWebhook DeleteWebhook
TryWebhook UpdateRegistryWebhook DeleteRegistryWebhook GetHook UpdateHook DeleteHook ListDeliveries
RedeliverHook Purge AddMember RemoveMember CreateRole UpdateRole DeleteRole AssignRole UnassignRole
"""

_ELSEWHERE = """
CreateToken RevokeToken SetUp UpdateComment TryHook TryRegistryWebhook GetCheckpoint CollectBlobs
"""

HIDDEN = {"DeleteComment", "CloseEmergency", "FindVersionByDigest", "GetTransitionRequest"}
HIDDEN |= {"UnfollowModel", "ListDeployments"}
"""Calls that say to who may not see the model that there is nothing: those by a number, one that
lists all that may be read where no model is named, and one that whoever has followed a model may
use without a right to read it."""

ON_OBJECTS: dict[str, Level] = {
    **dict.fromkeys(_READ.split(), Level.READ),
    **dict.fromkeys(_EDIT.split(), Level.EDIT),
    **dict.fromkeys(_STAGING.split(), Level.MANAGE_STAGING_VERSIONS),
    **dict.fromkeys(_PRODUCTION.split(), Level.MANAGE_PRODUCTION_VERSIONS),
    **dict.fromkeys(_MANAGE.split(), Level.MANAGE),
}
"""Call -> the level that is needed of every object that its example names."""

ON_FOLDER: dict[str, Level] = {
    **dict.fromkeys(_EDIT_ON_FOLDER.split(), Level.EDIT),
    **dict.fromkeys(_MANAGE_ON_ALL.split(), Level.MANAGE),
}
"""Call -> the level that is needed of the folder of a new name, here of everything."""

WITHOUT_LEVEL: dict[str, str] = {
    **dict.fromkeys(_ANYONE.split(), ANYONE),
    **dict.fromkeys(_OWN.split(), OWN),
    **dict.fromkeys(_ADMINS.split(), ADMINS),
    **dict.fromkeys(_ELSEWHERE.split(), ELSEWHERE),
}
"""Call -> who may use it, for those that need no level on an object."""
