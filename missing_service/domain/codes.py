"""The code lists: the words that API, pages and log may use where only some are allowed."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What a person or a key may do here; who is told by rota is a ladder role, below."""

    EDT = "edt"  # emergency duty team: logs reports, rings police
    INTERVIEWER = "interviewer"
    MANAGER = "manager"
    POLICE = "police"  # of one force: sees and answers what concerns it
    LEAD = "lead"  # practice lead, scrutineer, inspector: reads, changes nothing
    ADMIN = "admin"  # keys, contacts, queue; reads no child's record


class LadderRole(StrEnum):
    """Who is told when nobody acts, found by rota."""

    EDT_WORKER = "edt_worker"
    EDT_MANAGER = "edt_manager"
    POLICE_MASH_SUPERVISOR = "police_mash_supervisor"
    HEAD_OF_SERVICE = "head_of_service"
    DIRECTOR_ON_CALL = "director_on_call"
    TEAM_MANAGER = "team_manager"
    SERVICE_MANAGER = "service_manager"
    ASSISTANT_DIRECTOR = "assistant_director"
    DIRECTOR = "director"
    PARTNERSHIP_CHAIR = "partnership_chair"


class NamedRole(StrEnum):
    """Who is told because the duty names them, not a rota."""

    INTERVIEWER = "interviewer"  # of the interview
    OWNER = "owner"  # of the episode, or of the action


TELL_POLICE = "police"  # in a step's `tell`: a reminder through the force's own channels


class Answer(StrEnum):
    YES = "YES"
    NO = "NO"
    NOT_KNOWN = "NOT_KNOWN"  # always a legal answer: no question holds up a report


class Category(StrEnum):
    MISSING = "MISSING"  # whereabouts not known
    AWAY_UNAUTHORISED = "AWAY_UNAUTHORISED"  # whereabouts known, not where expected
    UNSURE = "UNSURE"  # treated as missing


class Precision(StrEnum):
    """How well the time at which a child was last seen is known."""

    EXACT = "EXACT"
    APPROXIMATE = "APPROXIMATE"
    UNKNOWN = "UNKNOWN"


class ReporterRole(StrEnum):
    PARENT = "PARENT"
    FOSTER_CARER = "FOSTER_CARER"
    RESIDENTIAL = "RESIDENTIAL"  # a children's home
    SUPPORTED_ACCOMMODATION = "SUPPORTED_ACCOMMODATION"  # 16 and 17
    COMMISSIONED_PROVIDER = "COMMISSIONED_PROVIDER"
    SCHOOL = "SCHOOL"
    HOSPITAL = "HOSPITAL"
    SOCIAL_WORKER = "SOCIAL_WORKER"
    OTHER_COUNCIL = "OTHER_COUNCIL"
    POLICE = "POLICE"
    CHILD = "CHILD"
    PUBLIC = "PUBLIC"
    OTHER = "OTHER"


class Check(StrEnum):
    """What was done to find the child before the report."""

    PHONED_CHILD = "PHONED_CHILD"
    FRIENDS_AND_FAMILY = "FRIENDS_AND_FAMILY"
    SEARCHED_PREMISES = "SEARCHED_PREMISES"
    KNOWN_PLACES = "KNOWN_PLACES"
    SOCIAL_MEDIA = "SOCIAL_MEDIA"
    HOSPITALS = "HOSPITALS"
    OTHER = "OTHER"


class Question(StrEnum):
    """What police call-handlers ask besides why people worry and what was done: their Q3 to Q12."""

    OUT_OF_CHARACTER = "out_of_character"
    MISSING_BEFORE = "missing_before"
    MEDICAL_NEEDS = "medical_needs"
    VICTIM_OF_CRIME = "victim_of_crime"
    HURT_OR_HARMED = "hurt_or_harmed"
    SEXUAL_EXPLOITATION = "sexual_exploitation"
    SELF_HARM = "self_harm"
    DANGER_TO_OTHERS = "danger_to_others"
    TRAVELLED_ABROAD = "travelled_abroad"
    ANYTHING_ELSE = "anything_else"


class Flag(StrEnum):
    """What is known of a child that raises the risk; also the indicators of an interview."""

    CSE = "CSE"  # child sexual exploitation
    CCE = "CCE"  # child criminal exploitation
    COUNTY_LINES = "COUNTY_LINES"
    TRAFFICKING_NRM = "TRAFFICKING_NRM"  # referred to the National Referral Mechanism
    SELF_HARM = "SELF_HARM"
    SUICIDE = "SUICIDE"
    SUBSTANCE = "SUBSTANCE"
    GANG = "GANG"
    RADICALISATION = "RADICALISATION"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    HONOUR_BASED = "HONOUR_BASED"
    PREGNANT = "PREGNANT"
    LEARNING_DISABILITY = "LEARNING_DISABILITY"
    NEURODIVERSE = "NEURODIVERSE"
    UASC = "UASC"  # unaccompanied asylum-seeking child
    ABDUCTION = "ABDUCTION"
    ONLINE_GROOMING = "ONLINE_GROOMING"


class EpisodeState(StrEnum):
    MISSING = "MISSING"  # or away: nobody has confirmed that the child is well
    LOCATED = "LOCATED"  # known where; does not end the search
    RETURNED = "RETURNED"  # back, or safe elsewhere
    CLOSED = "CLOSED"  # located, well-being confirmed, and closed by a named act
    WITHDRAWN = "WITHDRAWN"  # never missing, or logged in error; police must acknowledge it


class PoliceState(StrEnum):
    """What police have made of an episode."""

    UNACKNOWLEDGED = "UNACKNOWLEDGED"  # no person has answered with a reference
    ACKNOWLEDGED = "ACKNOWLEDGED"
    DECLINED = "DECLINED"  # answered, with a reference and a reason: not theirs to record


class AcknowledgementOutcome(StrEnum):
    RECORDED_MISSING = "RECORDED_MISSING"
    RECORDED_OTHER = "RECORDED_OTHER"  # concern for safety, CAD only: the council reviews
    DECLINED = "DECLINED"  # with a reference and a reason: the council reviews
    WRONG_FORCE = "WRONG_FORCE"  # ends nothing; re-routed, the clock running
    DUPLICATE_OF = "DUPLICATE_OF"  # ends only against the child's open, acknowledged episode


class ReferenceSystem(StrEnum):
    """The police system that a reference belongs to."""

    CAD = "CAD"
    CONNECT = "CONNECT"
    MERLIN = "MERLIN"
    COMPACT = "COMPACT"
    NICHE = "NICHE"
    ATHENA = "ATHENA"
    STORM = "STORM"
    PHILOMENA_PORTAL = "PHILOMENA_PORTAL"  # the Met's own, for children's homes
    UKMPU = "UKMPU"  # UK Missing Persons Unit
    OTHER = "OTHER"


class RiskLevel(StrEnum):
    """Set by police only; the council's own view is another field."""

    NOT_GRADED = "NOT_GRADED"  # a state, not a grade: police have not said
    VERY_LOW = "VERY_LOW"  # formerly "no apparent risk"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


RISK_ALIASES: Mapping[str, RiskLevel] = {
    "NO_APPARENT_RISK": RiskLevel.VERY_LOW,
    "ABSENT": RiskLevel.VERY_LOW,
}


def risk_level(said: str) -> RiskLevel:
    """The risk level of that name or alias; ValueError for any other word."""
    return RISK_ALIASES.get(said) or RiskLevel(said)


class AttemptResult(StrEnum):
    """What came of ringing police; ends and delays nothing."""

    IN_QUEUE = "IN_QUEUE"
    SPOKE_NO_REFERENCE_YET = "SPOKE_NO_REFERENCE_YET"
    NO_ANSWER = "NO_ANSWER"


class Decision(StrEnum):
    YES = "YES"  # strategy discussion, section 47
    NO = "NO"
    ACCEPT = "ACCEPT"  # a police refusal
    CONTINUE = "CONTINUE"  # a still-missing review
    ESCALATE = "ESCALATE"  # either of the two


DECISIONS: Mapping[str, tuple[Decision, ...]] = {
    "strategy_discussion": (Decision.YES, Decision.NO),
    "urgent_disclosure": (Decision.YES, Decision.NO),
    "police_declined_review": (Decision.ACCEPT, Decision.ESCALATE),
    "still_missing_review": (Decision.CONTINUE, Decision.ESCALATE),
}


class LocatedHow(StrEnum):
    """Who found the child."""

    SELF = "SELF"  # came back, or made contact
    POLICE = "POLICE"
    CARER = "CARER"
    FAMILY = "FAMILY"
    SCHOOL = "SCHOOL"
    OTHER = "OTHER"


class InsteadOfReturn(StrEnum):
    """Where the child is safe instead of back: the interview's clock starts there."""

    CUSTODY = "CUSTODY"
    HOSPITAL = "HOSPITAL"
    PLACEMENT = "PLACEMENT"  # a new one
    FAMILY = "FAMILY"  # other family


class WithdrawnWhy(StrEnum):
    """Why an episode is withdrawn: it counts in no return, and police are told at once."""

    NEVER_MISSING = "NEVER_MISSING"  # somebody has seen the child, who was never missing
    LOGGED_IN_ERROR = "LOGGED_IN_ERROR"
    PRACTICE = "PRACTICE"  # entered to try the service


class PreventionMode(StrEnum):
    """How police held their prevention interview; it never stands for the return home interview."""

    IN_PERSON = "IN_PERSON"
    PHONE = "PHONE"
    THROUGH_REPORTER = "THROUGH_REPORTER"
    NOT_DONE = "NOT_DONE"


class InterviewStatus(StrEnum):
    NOT_OFFERED = "NOT_OFFERED"  # owed since the return; perhaps allocated
    OFFERED = "OFFERED"
    BOOKED = "BOOKED"
    HELD = "HELD"
    DECLINED = "DECLINED"  # by the child, after an offer; parents or carers had the chance to speak
    NOT_POSSIBLE = "NOT_POSSIBLE"
    DECIDED_NOT = "DECIDED_NOT"  # a named, reasoned decision


OUTCOMES = (
    InterviewStatus.HELD,
    InterviewStatus.DECLINED,
    InterviewStatus.NOT_POSSIBLE,
    InterviewStatus.DECIDED_NOT,
)


class OfferMethod(StrEnum):
    IN_PERSON = "IN_PERSON"
    PHONE = "PHONE"
    LETTER = "LETTER"
    MESSAGE = "MESSAGE"
    THROUGH_CARER = "THROUGH_CARER"


class OfferResponse(StrEnum):
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    NO_ANSWER = "NO_ANSWER"


class PushFactor(StrEnum):
    """What the child left."""

    FAMILY_CONFLICT = "FAMILY_CONFLICT"
    ABUSE_NEGLECT = "ABUSE_NEGLECT"
    DOMESTIC_ABUSE = "DOMESTIC_ABUSE"
    SUBSTANCE_AT_HOME = "SUBSTANCE_AT_HOME"
    BULLYING = "BULLYING"
    SCHOOL = "SCHOOL"
    PLACEMENT_UNHAPPY = "PLACEMENT_UNHAPPY"
    RULES = "RULES"
    MENTAL_HEALTH = "MENTAL_HEALTH"
    LONELINESS = "LONELINESS"


class PullFactor(StrEnum):
    """What the child went to."""

    FRIENDS = "FRIENDS"
    PARTNER = "PARTNER"
    FAMILY_CONTACT = "FAMILY_CONTACT"
    PARTIES = "PARTIES"
    SUBSTANCE = "SUBSTANCE"
    GANG_CRIME = "GANG_CRIME"
    EXPLOITER = "EXPLOITER"
    FORMER_AREA = "FORMER_AREA"
    WORK_MONEY = "WORK_MONEY"


class IntelligenceKind(StrEnum):
    PERSON = "PERSON"
    PLACE = "PLACE"
    VEHICLE = "VEHICLE"
    PHONE = "PHONE"


class WithheldTest(StrEnum):
    """The only ground on which police are not sent an item of the record."""

    MORE_DETRIMENTAL = "MORE_DETRIMENTAL"  # disclosing it would harm the child more than not


class DeliveryType(StrEnum):
    """What a webhook says that it brings."""

    REPORTED = "episode.reported"
    UPDATED = "episode.updated"
    CATEGORY_CHANGED = "episode.category_changed"
    LOCATED = "episode.located"
    RETURNED = "episode.returned"
    CLOSED = "episode.closed"
    WITHDRAWN = "episode.withdrawn"
    QUESTION = "episode.question"
    OUTCOME = "interview.outcome"
    RECORD = "interview.record"
    URGENT = "interview.urgent"
    REMINDER = "obligation.reminder"
    PING = "ping"  # carries neither episode nor number


class Purpose(StrEnum):
    """What a channel is for."""

    REPORT = "report"  # episode.*, interview.urgent
    RECORD = "record"  # interview.record, interview.outcome
    REMINDER = "reminder"  # obligation.reminder
