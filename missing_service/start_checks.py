"""What a production service does not start with: figures are for `check`, these are refusals."""

from collections.abc import Iterator

from missing_service.domain.directory import Directory

INVENTED = ("@harrow.example", "@met.example")  # the people of the demonstration


def refusals(directory: Directory) -> Iterator[str]:
    """Each reason not to start in production, with its mend."""
    yield from coverage(directory)
    yield from (
        f"channel {channel.owner}/{channel.name} is plain http: give an https `url`."
        for channels in directory.all_channels.values()
        for channel in channels
        if channel.kind == "webhook" and not (channel.url or "").startswith("https://")
    )
    yield from (
        f"{email} is a demonstration person: take it out of the directory, or start on a new "
        "database."
        for email in directory.people
        if email.endswith(INVENTED)
    )


def coverage(directory: Directory) -> Iterator[str]:
    """Whose police would be nobody, or two."""
    for council in directory.councils.values():
        codes = [force.code for force in directory.forces_covering(council.code)]
        named = f"council {council.code} ({council.name})"
        if not codes:
            yield f"{named} has no police force: add it to the `covers` of one."
        elif len(codes) > 1:
            yield f"{named} has several police forces ({', '.join(codes)}): leave it in one."
