"""Every refusal that the domain can make: each says what was refused, and what to do."""

from collections.abc import Mapping, Sequence


class Refused(Exception):
    """Nothing was saved; the message is a sentence for the person who asked."""


class NotFound(Refused):
    """It does not exist, or not for this caller."""


class NotAllowed(Refused):
    """The caller may see it, but not do this."""


class Invalid(Refused):
    """One or more fields cannot be taken; `errors` are pairs of a field's dotted name and a
    sentence."""

    def __init__(self, errors: Mapping[str, str] | Sequence[tuple[str, str]]) -> None:
        self.errors = list(errors.items() if isinstance(errors, Mapping) else errors)
        super().__init__("; ".join(f"{field}: {said}" for field, said in self.errors))


class Conflict(Refused):
    """It does not fit what stands; look again."""


class NotYetFound(Conflict):
    """An episode is closed only when the child is located and somebody confirmed that they are
    well."""


class AlreadyOver(Conflict):
    """The episode is closed, the interview ended: the act came too late."""


class WrongRecord(Conflict):
    """The hash is another version's."""


class StaleEdit(Refused):
    """Somebody else saved it meanwhile: nothing was overwritten."""


class EditNeedsVersion(Refused):
    """An edit must say which version it changes."""


class KeyReused(Refused):
    """The idempotency key was used for another request."""


class PhotoRefused(Refused):
    """The photo was not kept; the report stands as it is, and so does the photo before it."""

    SAID = "This photo cannot be kept."

    def __init__(self, said: str = "") -> None:
        self.errors = [("photo", f"{said or self.SAID} The report stands without it.")]
        super().__init__(self.errors[0][1])


class NotAPhoto(PhotoRefused):
    SAID = "Send the bytes of a JPEG, PNG or WebP photo: this is something else, whatever its name."


class PhotoTooLarge(PhotoRefused):
    SAID = "Send a photo of at most 10 MiB and 40 million pixels: make it smaller, and send again."


class PhotoUnreadable(PhotoRefused):
    SAID = "The photo is empty or damaged: open it, save it anew, and send that."
