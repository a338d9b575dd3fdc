"""The client's calls about reviews: requests, approvals, comments, checks."""

from __future__ import annotations

from typing import Literal

from cuvee.api import checks, comments, requests, reviews
from cuvee.client.base import Calls
from cuvee.client.values import PagedList


class ReviewCalls(Calls):
    """What leads a version to a stage that takes versions by review."""

    def request_transition(
        self, name: str, version: str | int, stage: str, *, comment: str = ""
    ) -> reviews.TransitionRequest:
        """Ask for a version to be moved to a stage."""
        op = reviews.CreateTransitionRequest(
            name=name, version=str(version), stage=stage, comment=comment
        )
        return self.do_registry(op).request

    def list_transition_requests(self, name: str, version: str | int) -> list[reviews.Activity]:
        """Return the open requests of a version."""
        op = reviews.ListTransitionRequests(name=name, version=str(version))
        return self.do_registry(op).requests

    def approve_transition(
        self,
        name: str,
        version: str | int,
        stage: str,
        archive_existing_versions: bool = False,
        *,
        comment: str = "",
    ) -> reviews.Activity:
        """Approve the open requests for a stage; the last approval needed moves the version."""
        op = reviews.ApproveTransitionRequest(
            name=name,
            version=str(version),
            stage=stage,
            archive_existing_versions=archive_existing_versions,
            comment=comment,
        )
        return self.do_registry(op).activity

    def reject_transition(
        self, name: str, version: str | int, stage: str, *, comment: str
    ) -> reviews.Activity:
        """Reject the open requests for a stage, saying why."""
        op = reviews.RejectTransitionRequest(
            name=name, version=str(version), stage=stage, comment=comment
        )
        return self.do_registry(op).activity

    def cancel_transition(
        self, name: str, version: str | int, stage: str, creator: str, *, comment: str = ""
    ) -> reviews.Activity:
        """Cancel one user's open request for a stage."""
        op = reviews.DeleteTransitionRequest(
            name=name, version=str(version), stage=stage, creator=creator, comment=comment
        )
        return self.do_registry(op).activity

    def explain_transition(self, name: str, version: str | int, stage: str) -> reviews.Explanation:
        """Return what a version lacks for a stage, and what its required checks say."""
        op = reviews.ExplainTransition(name=name, version=str(version), stage=stage)
        return self.do_registry(op)

    def search_waiting_requests(
        self, max_results: int = 100, page_token: str | None = None
    ) -> PagedList[reviews.TransitionRequest]:
        """Return a page of the requests of all models that wait for the caller's word."""
        op = reviews.ListWaitingRequests(max_results=max_results, page_token=page_token or "")
        page = self.do_registry(op)
        return PagedList(page.requests, page.next_page_token)

    def get_transition_request(self, request_id: str) -> reviews.TransitionRequest:
        """Return a request, open or not: what it lacks, who said what, how it ended."""
        return self.do_registry(requests.GetTransitionRequest(id=request_id)).request

    def search_transition_requests(
        self,
        name: str = "",
        *,
        state: Literal["open", "closed"] = "open",
        role: Literal["any", "requester", "reviewer"] = "any",
        max_results: int = 100,
        page_token: str | None = None,
    ) -> PagedList[reviews.TransitionRequest]:
        """Return a page of requests: of one model or all, made or judged by the caller or all."""
        op = requests.SearchTransitionRequests(
            name=name,
            state=state,
            role=role,
            max_results=max_results,
            page_token=page_token or "",
        )
        page = self.do_registry(op)
        return PagedList(page.requests, page.next_page_token)

    def search_activities(
        self,
        name: str,
        version: str | int,
        max_results: int = 100,
        page_token: str | None = None,
    ) -> PagedList[reviews.Activity]:
        """Return a page of what was done about a version's stage and said, newest first."""
        op = reviews.ListActivities(
            name=name, version=str(version), max_results=max_results, page_token=page_token or ""
        )
        page = self.do_registry(op)
        return PagedList(page.activities, page.next_page_token)

    def create_comment(
        self, name: str, version: str | int, comment: str
    ) -> comments.VersionComment:
        """Comment on a version."""
        op = comments.CreateComment(name=name, version=str(version), comment=comment)
        return self.do_registry(op).comment

    def update_comment(self, comment_id: str, comment: str) -> comments.VersionComment:
        """Change one's own comment."""
        return self.do_registry(comments.UpdateComment(id=comment_id, comment=comment)).comment

    def delete_comment(self, comment_id: str) -> None:
        """Remove a comment."""
        self.do_registry(comments.DeleteComment(id=comment_id))

    def list_comments(self, name: str, version: str | int) -> list[comments.VersionComment]:
        """Return the comments on a version, oldest first (at most 1000)."""
        op = comments.ListComments(name=name, version=str(version), max_results=1000)
        return self.do_registry(op).comments

    def set_check(
        self,
        name: str,
        version: str | int,
        check_name: str,
        passed: bool,
        *,
        url: str = "",
        details: str = "",
        digest: str = "",
    ) -> checks.Check:
        """Post the result of a check of a version.

        Args:
            name: the registered model.
            version: its version.
            check_name: one word, such as ``golden-set``.
            passed: what came out.
            url: where the evidence is.
            details: what came out, in words.
            digest: of what was checked; refused unless it is the version's.
        """
        op = checks.SetCheck(
            name=name,
            version=str(version),
            check_name=check_name,
            passed=passed,
            url=url,
            details=details,
            digest=digest,
        )
        return self.do_registry(op).check

    def list_checks(self, name: str, version: str | int) -> list[checks.Check]:
        """Return the results of checks that were posted for a version."""
        op = checks.ListChecks(name=name, version=str(version))
        return self.do_registry(op).checks

    def delete_check(self, name: str, version: str | int, check_name: str) -> None:
        """Take back the result of a check."""
        op = checks.DeleteCheck(name=name, version=str(version), check_name=check_name)
        self.do_registry(op)

    def list_emergencies(
        self, name: str = "", *, open_only: bool = False
    ) -> list[checks.Emergency]:
        """Return moves past a policy, newest first (at most 1000)."""
        op = checks.ListEmergencies(name=name, open_only=open_only, max_results=1000)
        return self.do_registry(op).emergencies

    def close_emergency(self, emergency_id: str, comment: str) -> checks.Emergency:
        """Close a move past a policy that somebody else has made, with a conclusion."""
        op = checks.CloseEmergency(id=emergency_id, comment=comment)
        return self.do_registry(op).emergency
