"""Everything that can happen, one frozen dataclass each: append-only facts that somebody may have
to answer for.

A field marked `typed()` holds what a person typed: it is kept encrypted, apart from the public
bytes of its event.
"""

from missing_service.domain.events.base import JSON, SERVICE, Actor, Event, typed
from missing_service.domain.events.deliveries import (
    AttemptsSealed,
    ChannelBroughtIn,
    DeliveryFailing,
    DeliveryOvertaken,
    DeliveryRefused,
    DeliveryRetried,
    DeliveryTaken,
    SealedAttempts,
)
from missing_service.domain.events.duties import (
    ClockBroughtBack,
    LadderTold,
    LadderWoundBack,
    ObligationDecided,
    ObligationTaken,
    PeopleTold,
    PoliceAnswered,
    PoliceRung,
    ReviewFellDue,
    ToldByPerson,
    ToldStep,
)
from missing_service.domain.events.episode import (
    ActUndone,
    CategoryChanged,
    ChildLocated,
    ChildRecorded,
    ChildReturned,
    EpisodeClosed,
    EpisodeReported,
    EpisodeUpdated,
    EpisodeWithdrawn,
)
from missing_service.domain.events.interviews import (
    InterviewAllocated,
    InterviewEnded,
    RecordSigned,
)
from missing_service.domain.events.links import EpisodeLinked, EpisodeUnlinked, PatternsRecounted
from missing_service.domain.events.ownership import (
    DayServicesAsked,
    DigestSent,
    HandoverShown,
    OwnerChanged,
    OwnList,
)
from missing_service.domain.events.questions import QuestionAnswered, QuestionAsked
from missing_service.domain.events.service import (
    CanarySent,
    ClockDoubted,
    DirectoryChanged,
    DrillAnswered,
    DrillUnanswered,
    PolicyLoaded,
    SelfChecked,
    Stretch,
    WorkersBack,
    WorkersSilent,
)

__all__ = [
    "JSON",
    "SERVICE",
    "ActUndone",
    "Actor",
    "AttemptsSealed",
    "CanarySent",
    "CategoryChanged",
    "ChannelBroughtIn",
    "ChildLocated",
    "ChildRecorded",
    "ChildReturned",
    "ClockBroughtBack",
    "ClockDoubted",
    "DayServicesAsked",
    "DeliveryFailing",
    "DeliveryOvertaken",
    "DeliveryRefused",
    "DeliveryRetried",
    "DeliveryTaken",
    "DigestSent",
    "DirectoryChanged",
    "DrillAnswered",
    "DrillUnanswered",
    "EpisodeClosed",
    "EpisodeLinked",
    "EpisodeReported",
    "EpisodeUnlinked",
    "EpisodeUpdated",
    "EpisodeWithdrawn",
    "Event",
    "HandoverShown",
    "InterviewAllocated",
    "InterviewEnded",
    "LadderTold",
    "LadderWoundBack",
    "ObligationDecided",
    "ObligationTaken",
    "OwnList",
    "OwnerChanged",
    "PatternsRecounted",
    "PeopleTold",
    "PoliceAnswered",
    "PoliceRung",
    "PolicyLoaded",
    "QuestionAnswered",
    "QuestionAsked",
    "RecordSigned",
    "ReviewFellDue",
    "SealedAttempts",
    "SelfChecked",
    "Stretch",
    "ToldByPerson",
    "ToldStep",
    "WorkersBack",
    "WorkersSilent",
    "typed",
]
