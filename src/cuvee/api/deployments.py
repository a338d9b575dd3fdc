"""Where versions of models run, as pipelines and people tell it."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from cuvee.api.base import CUVEE, Id, Of, Permission, Read, Recorded, Required
from cuvee.api.names import check_target, version_number
from cuvee.errors import InvalidParameter

Target = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=250,
        description="where it runs, in your own words: k8s/prod-eu, or an endpoint's address",
    ),
]


class Deployment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """That a version runs, or ran, somewhere.

    Args:
        id: its number.
        name, version: what runs.
        target: where.
        url: where to look at it.
        user_id: who recorded it.
        since: from when, in milliseconds since 1970.
        until: until when; absent while it runs.
        ended_by: who ended it, deployed another version there, or deleted the version.
    """

    id: str
    name: str
    version: str
    target: str
    url: str = ""
    user_id: str
    since: int
    until: int | None = None
    ended_by: str = ""


class DeploymentReply(Struct, frozen=True, omit_defaults=True):
    """One deployment.

    Args:
        replaced: the version that ran there until now; empty for none.
    """

    deployment: Deployment
    replaced: str = ""


class DeploymentPage(Struct, frozen=True, omit_defaults=True):
    """A page of deployments, newest first, and the token of the next."""

    deployments: list[Deployment] = []
    next_page_token: str | None = None


class RecordDeployment(Recorded[DeploymentReply], frozen=True, kw_only=True):
    """Tell that a version runs somewhere, in place of another version of the model if one did.

    To tell it again changes nothing, except the ``url`` if another one is given.
    """

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "deployments/record"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    version: Required
    target: Target
    url: Annotated[str, Meta(max_length=2048, description="where to look at it")] = ""

    def check(self) -> None:
        version_number(self.version)
        check_target(self.target)
        if self.url and not self.url.lower().startswith(("https://", "http://")):
            raise InvalidParameter("The url of a deployment must start with https:// or http://.")


class EndDeployment(Recorded[DeploymentReply], frozen=True, kw_only=True):
    """Tell that no version of a model runs somewhere any more."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "deployments/end"
    of: ClassVar[tuple[Of, ...]] = (Of("model", "name"),)
    name: Required
    target: Target


class ListDeployments(Read[DeploymentPage], frozen=True, kw_only=True):
    """Read what runs where, newest first: of a version, a model, or all that the caller sees."""

    base: ClassVar[str] = CUVEE
    route: ClassVar[str] = "deployments/list"
    # READ on each model: the function looks.
    needs: ClassVar[Permission] = Permission.LOGIN
    name: Id = ""
    version: str = ""
    include_ended: bool = False
    max_results: Annotated[int, Meta(ge=1, le=1000)] = 100
    page_token: str = ""

    def check(self) -> None:
        if self.version:
            version_number(self.version)
            if not self.name:
                raise InvalidParameter(
                    "A version's number is one of a model: send the model's name with it."
                )
