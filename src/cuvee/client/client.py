"""``Client``: MLflow's client methods, Cuvee's events and evidence packs."""

from __future__ import annotations

from cuvee.api.events import Event, ListEvents
from cuvee.client.artifacts import ArtifactCalls
from cuvee.client.charts import ChartCalls
from cuvee.client.deployments import DeploymentCalls
from cuvee.client.evidence import EvidenceCalls
from cuvee.client.experiments import ExperimentCalls
from cuvee.client.folders import FolderCalls
from cuvee.client.following import FollowCalls
from cuvee.client.loads import LoadCalls
from cuvee.client.permissions import PermissionCalls
from cuvee.client.purging import PurgeCalls
from cuvee.client.reviews import ReviewCalls
from cuvee.client.run_batches import RunBatchCalls
from cuvee.client.searches import SearchCalls
from cuvee.client.trees import TreeCalls
from cuvee.client.users import UserCalls
from cuvee.client.values import PagedList
from cuvee.client.webhooks import WebhookCalls


class Client(
    ExperimentCalls,
    ArtifactCalls,
    ChartCalls,
    ReviewCalls,
    DeploymentCalls,
    EvidenceCalls,
    FollowCalls,
    LoadCalls,
    RunBatchCalls,
    SearchCalls,
    FolderCalls,
    TreeCalls,
    UserCalls,
    PermissionCalls,
    PurgeCalls,
    WebhookCalls,
):
    """Everything that can be asked, by MLflow's names.

    Args:
        tracking_uri: where runs are; the current one when absent.
        registry_uri: where registered models are; ``tracking_uri`` when that is given, else the
            current one.
    """

    def search_events(
        self,
        object: str | None = None,  # noqa: A002  # the field's name in the protocol
        action: str | None = None,
        actor: str | None = None,
        since: int = 0,
        newest_first: bool = False,
        max_results: int = 100,
        page_token: str | None = None,
        model: str | None = None,
        token: str | None = None,
        comment: str | None = None,
    ) -> PagedList[Event]:
        """Return a page of the history: who changed what, when and why.

        Args:
            object: only this object's, as ``version:wine/2``.
            action: only this kind, as ``version.transitioned``.
            actor: only this user's.
            since: only those after this sequence number.
            newest_first: the last change first.
            max_results: events in a page, 1 to 1000.
            page_token: token of the page.
            model: only those of this registered model and of its versions.
            token: only what was done with the token of this id.
            comment: only those with these words in their reason, in capitals or not.
        """
        op = ListEvents(
            object=object or "",
            action=action or "",
            actor=actor or "",
            since=since,
            newest_first=newest_first,
            max_results=max_results,
            page_token=page_token or "",
            model=model or "",
            token=token or "",
            comment=comment or "",
        )
        page = self.do_registry(op)
        return PagedList(page.events, page.next_page_token)

    def get_events(self, object: str | None = None, since: int = 0) -> list[Event]:  # noqa: A002
        """Return every event after ``since``, oldest first; all, or those of one object."""
        return list(
            self.pages(
                lambda t: self.search_events(object, since=since, max_results=1000, page_token=t)
            )
        )
