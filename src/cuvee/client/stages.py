"""The client's methods for stages: who holds them, who held them, the ways back, and policies."""

from __future__ import annotations

from datetime import datetime

from cuvee.api import holdings as api
from cuvee.api import policies
from cuvee.api.times import moment_said
from cuvee.api.versions import FindVersionByDigest, ModelVersion
from cuvee.client.base import Calls, pages


class StageCalls(Calls):
    """Stages; ``comment`` is the reason that the history keeps."""

    def get_stage_holder(
        self, name: str, stage: str, at: str | int | datetime | None = None
    ) -> api.StageHolder:
        """Return the version that holds a stage, or that held it at a moment.

        Args:
            name: the registered model.
            stage: the stage.
            at: ISO 8601, a datetime (UTC when it has no zone), or milliseconds since 1970; now
                when absent.

        Raises:
            NotFound: nobody held it then; says since when there was a holder.
        """
        said = "" if at is None else moment_said(at)
        op = api.GetStageHolder(name=name, stage=stage, at=said)
        return self.do_registry(op)

    def get_stage_history(
        self, name: str, stage: str | None = None, version: str | int | None = None
    ) -> list[api.Holding]:
        """Return who held which stage from when to when, newest first.

        Args:
            name: the registered model.
            stage: only this stage.
            version: only this version.
        """
        op = api.ListHoldings(
            name=name,
            stage=stage or "",
            version="" if version is None else str(version),
            max_results=1000,
        )
        return [holding for page in pages(self.do_registry, op) for holding in page.holdings]

    def rollback_stage(
        self,
        name: str,
        stage: str,
        *,
        comment: str = "",
        expected_holder: str | int | None = None,
        break_glass: bool = False,
    ) -> ModelVersion:
        """Give a stage back to the version that held it before, and return that version.

        Args:
            name: the registered model.
            stage: the stage.
            comment: why, for the history.
            expected_holder: the version that must hold the stage until now; empty for nobody.
            break_glass: in an emergency, move past the stage's policy, to be reviewed later.
        """
        op = api.RollbackStage(
            name=name,
            stage=stage,
            comment=comment,
            expected_holder=_holder(expected_holder),
            break_glass=break_glass,
        )
        return self.do_registry(op).model_version

    def swap_stages(
        self,
        name: str,
        version: str | int,
        stage: str,
        *,
        comment: str = "",
        expected_holder: str | int | None = None,
        break_glass: bool = False,
    ) -> list[ModelVersion]:
        """Move a version to a stage, and the version that holds it to the first one's stage.

        Args:
            name: the registered model.
            version: the version that takes the stage.
            stage: the stage.
            comment: why, for the history.
            expected_holder: the version that must hold the stage until now.
            break_glass: in an emergency, move past the stages' policy, to be reviewed later.
        """
        op = api.SwapStages(
            name=name,
            version=str(version),
            stage=stage,
            comment=comment,
            expected_holder=_holder(expected_holder),
            break_glass=break_glass,
        )
        return self.do_registry(op).model_versions

    def get_model_version_by_digest(self, name: str, digest: str) -> ModelVersion:
        """Return the version whose files have a digest, under this model's name or another.

        Args:
            name: the registered model, which is looked at first.
            digest: the version's sha256, or its first 12 or more digits.
        """
        op = FindVersionByDigest(name=name, digest=digest.removeprefix("sha256:"))
        return self.do_registry(op).model_version

    def apply_policy(
        self, document: str, *, comment: str = "", dry_run: bool = False
    ) -> policies.PolicyChange:
        """Give a model, a folder or the registry the stages and reviews that a document says.

        Args:
            document: the policy, in YAML or JSON.
            comment: why, for the history.
            dry_run: say what would change, and change nothing.
        """
        op = policies.ApplyPolicy(document=document, comment=comment, dry_run=dry_run)
        return self.do_registry(op)

    def remove_policy(self, scope: str, *, comment: str = "") -> policies.PolicyChange:
        """Take the policy of a model, a folder (``team/``) or the registry (``/``) away."""
        return self.do_registry(policies.RemovePolicy(scope=scope, comment=comment))

    def get_model_policy(self, name: str) -> policies.PolicyVersion:
        """Return the policy that applies to a registered model, and where it comes from."""
        return self.do_registry(policies.GetModelPolicy(name=name)).policy_version

    def list_policy_versions(self, scope: str) -> list[policies.PolicyVersion]:
        """Return all policies that a scope has had, newest first."""
        return self.do_registry(policies.ListPolicyVersions(scope=scope)).policy_versions


def _holder(expected: str | int | None) -> str | None:
    return None if expected is None else str(expected)
