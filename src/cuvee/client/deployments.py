"""The client's methods for where the versions of a model run."""

from __future__ import annotations

from cuvee.api import deployments as api
from cuvee.client.base import Calls, pages


class DeploymentCalls(Calls):
    """Deployments, as pipelines and people tell the registry of them."""

    def record_deployment(
        self, name: str, version: str | int, target: str, *, url: str = "", comment: str = ""
    ) -> api.DeploymentReply:
        """Tell that a version runs somewhere, in place of another version of the model if one did.

        To tell it again changes nothing, except the ``url`` if another one is given.

        Args:
            name: the registered model.
            version: its version.
            target: where it runs, in your own words, such as ``k8s/prod-eu``.
            url: where to look at it.
            comment: why, for the history.

        Returns:
            The deployment, and as ``replaced`` the version that ran there until now.
        """
        op = api.RecordDeployment(
            name=name, version=str(version), target=target, url=url, comment=comment
        )
        return self.do_registry(op)

    def end_deployment(self, name: str, target: str, *, comment: str = "") -> api.Deployment:
        """Tell that no version of a model runs at a target any more.

        Raises:
            NotFound: none is recorded as running there.
        """
        op = api.EndDeployment(name=name, target=target, comment=comment)
        return self.do_registry(op).deployment

    def list_deployments(
        self, name: str = "", version: str | int | None = None, *, include_ended: bool = False
    ) -> list[api.Deployment]:
        """Return what runs where, newest first.

        Args:
            name: only this registered model; all that you may read when absent.
            version: only this version of it.
            include_ended: also what ran there before.
        """
        op = api.ListDeployments(
            name=name,
            version="" if version is None else str(version),
            include_ended=include_ended,
            max_results=1000,
        )
        return [one for page in pages(self.do_registry, op) for one in page.deployments]
