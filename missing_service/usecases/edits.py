"""An edit of what two people may have open at once: of the version that stands, or not at all."""

from missing_service.domain.errors import EditNeedsVersion, StaleEdit


def check_version(if_match: str | None, version: str) -> None:
    """Refuse an edit of another version than the one that stands."""
    if if_match is None:
        raise EditNeedsVersion(
            "Send If-Match with the ETag that you read: nobody's text is overwritten."
        )
    if if_match.strip('W/"') != version:
        raise StaleEdit(
            "Somebody saved it meanwhile: read it again, and put your text beside theirs."
        )
