"""What a production service does not start with: figures are for `check`, these are refusals."""

from collections.abc import Iterator

from missing_service.domain.directory import Directory

# RFC 2606 and 6761: nobody can have these, so whoever bears one is invented.
INVENTED = (".example", ".test", ".invalid", ".localhost", "@example.com", "@example.org")


def refusals(directory: Directory) -> Iterator[str]:
    """Each reason not to start in production, with its mend."""
    yield from coverage(directory)
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
