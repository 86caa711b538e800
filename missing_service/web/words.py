"""The codes of the service in the words of a tired person; and text that hides nothing."""

from collections.abc import Mapping
from unicodedata import category

ROLES: Mapping[str, str] = {
    "edt": "EDT worker",
    "police": "police",
    "manager": "manager",
    "interviewer": "interviewer",
    "lead": "practice lead",
    "admin": "administrator",
}
ANSWERS = {"YES": "Yes", "NO": "No", "NOT_KNOWN": "Not known"}
CATEGORIES = {
    "MISSING": "Missing: nobody knows where they are",
    "AWAY_UNAUTHORISED": "Away without permission: looked after, and we know where they are",
    "UNSURE": "Unsure: treated as missing",
}
SHORT_CATEGORIES = {
    "MISSING": "Missing",
    "AWAY_UNAUTHORISED": "Away without permission",
    "UNSURE": "Unsure, treated as missing",
}
PRECISION = {
    "EXACT": "Exactly then",
    "APPROXIMATE": "About then",
    "UNKNOWN": "Time not known",
}
REPORTERS = {
    "PARENT": "Parent",
    "FOSTER_CARER": "Foster carer",
    "RESIDENTIAL": "Children’s home",
    "SUPPORTED_ACCOMMODATION": "Supported accommodation",
    "COMMISSIONED_PROVIDER": "Commissioned provider",
    "SCHOOL": "School",
    "HOSPITAL": "Hospital",
    "SOCIAL_WORKER": "Social worker",
    "OTHER_COUNCIL": "Another council",
    "POLICE": "Police",
    "CHILD": "The child",
    "PUBLIC": "Member of the public",
    "OTHER": "Somebody else",
}
CHECKS = {
    "PHONED_CHILD": "Rang the child",
    "FRIENDS_AND_FAMILY": "Asked friends and family",
    "SEARCHED_PREMISES": "Searched the building",
    "KNOWN_PLACES": "Went to known places",
    "SOCIAL_MEDIA": "Looked on social media",
    "HOSPITALS": "Rang hospitals",
    "OTHER": "Something else",
}
SYSTEMS = {
    "CAD": "CAD",
    "CONNECT": "Connect",
    "MERLIN": "Merlin",
    "COMPACT": "Compact",
    "NICHE": "Niche",
    "ATHENA": "Athena",
    "STORM": "Storm",
    "PHILOMENA_PORTAL": "Philomena portal",
    "UKMPU": "UK Missing Persons Unit",
    "OTHER": "Another system",
}
OUTCOMES = {
    "RECORDED_MISSING": "Recorded as missing",
    "RECORDED_OTHER": "Recorded, but not as missing (for example concern for safety)",
    "DECLINED": "Declined",
    "WRONG_FORCE": "Belongs to another force",
    "DUPLICATE_OF": "The same as another open episode of this child",
}
CALLS = {
    "IN_QUEUE": "In the queue, nobody has answered yet",
    "SPOKE_NO_REFERENCE_YET": "Spoke to somebody, no reference yet",
    "NO_ANSWER": "No answer",
}
RISKS = {
    "NOT_GRADED": "Not graded yet",
    "VERY_LOW": "Very low",
    "LOW": "Low",
    "MEDIUM": "Medium",
    "HIGH": "High",
}
STATES = {
    "MISSING": "STILL MISSING",
    "LOCATED": "LOCATED, NOT YET SAFE",
    "RETURNED": "FOUND",
    "CLOSED": "FOUND, CLOSED",
    "WITHDRAWN": "WITHDRAWN",
}
INSTEAD = {
    "CUSTODY": "In custody",
    "HOSPITAL": "In hospital",
    "PLACEMENT": "At a new placement",
    "FAMILY": "With other family",
}
FOUND_BY = {
    "SELF": "Came back or got in touch",
    "POLICE": "Police",
    "CARER": "Carer",
    "FAMILY": "Family",
    "SCHOOL": "School",
    "OTHER": "Somebody else",
}
INTERVIEWS_WITH_POLICE = {
    "IN_PERSON": "Yes, in person",
    "PHONE": "Yes, by phone",
    "THROUGH_REPORTER": "Through whoever reported",
    "NOT_DONE": "No",
}
DUTIES = {
    "police_acknowledgement": "Police have not answered",
    "police_declined_review": "Police did not record the child as missing",
    "police_update": "Police have given no update",
    "still_missing_review": "Review of a child still missing",
    "question_answered": "A question from police",
    "strategy_discussion": "Strategy discussion: yes or no",
    "urgent_disclosure": "A disclosure that cannot wait",
    "interview_allocated": "Name an interviewer",
    "interview_offered": "Offer the interview",
    "interview_held": "Hold the interview",
    "record_written": "Write the record",
    "record_with_police": "Record with police",
    "interview_action": "An action from the interview",
    "school_told": "Tell the school",
    "day_services_told": "Day services take over",
}
INTERVIEW_STATES = {
    "NOT_OFFERED": "not offered",
    "OFFERED": "offered",
    "BOOKED": "booked",
    "HELD": "held",
    "DECLINED": "declined",
    "NOT_POSSIBLE": "not possible",
    "DECIDED_NOT": "decided not to hold",
}
DECISIONS = {
    "CONTINUE": "Continue as now",
    "ESCALATE": "Escalate",
    "ACCEPT": "Accept what police say",
    "YES": "Yes",
    "NO": "No",
}
KEPT = "\n\t\r"  # what a text area may hold


def word(codes: Mapping[str, str], code: object) -> str:
    """The words for a code; a code that is new here is still shown."""
    return codes.get(str(code), str(code).replace("_", " ").lower()) if code else "Not known"


def is_hidden(character: str) -> bool:
    """It cannot be seen, or turns round what stands beside it."""
    return category(character) in ("Cf", "Cc") and character not in KEPT


def visible(text: object) -> str:
    """Somebody's text with each hidden character named in its place."""
    return "".join(f"[U+{ord(c):04X}]" if is_hidden(c) else c for c in str(text))


def reference(given: Mapping[str, str | None]) -> str:
    """A police reference as people say it: "CAD 4471/24NOV"."""
    system, value = given.get("system"), given.get("value") or ""
    return f"{word(SYSTEMS, system)} {value}" if system and system != "OTHER" else value
