"""What follows from each kind of event, as one table: what is opened, what is met, who is told.

A rule sees the rows as its predecessors left them. News to police comes last, so that it tells
the whole.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from missing_service.domain import events as e
from missing_service.domain.ahead import bring_back
from missing_service.domain.canary import send_to_each
from missing_service.domain.clocks import tell_of_clock
from missing_service.domain.day_services import ask_day_services, send_digest, take_over
from missing_service.domain.drill import end_drill, tell_unanswered
from missing_service.domain.effects import Effect
from missing_service.domain.found import say_withdrawn, stand_down, stand_up_again
from missing_service.domain.links import send_linked, send_unlinked
from missing_service.domain.news import (
    answer_refusal,
    answer_silence,
    own_up_to_empty_rota,
    plainly,
    send_answer_by_phone,
    send_category,
    send_correction,
    send_report,
    send_update,
    tell_folded,
    tell_lapsed,
    trust_channel_again,
)
from missing_service.domain.others import tell_others, tell_others_found, tell_others_still
from missing_service.domain.owing import recount
from missing_service.domain.ownership import show_lists, tell_not_accepted, tell_owner
from missing_service.domain.photo_news import send_photo
from missing_service.domain.police_duty import (
    hear_answer,
    hear_decision,
    hear_update,
    owe_acknowledgement,
    owe_again_where_missing,
    remind_after_escalation,
    resume_update,
    stand_with_police,
)
from missing_service.domain.questions import hear_reply, owe_reply, send_question, send_reply
from missing_service.domain.recounting import recount_question
from missing_service.domain.repeats import count_reports, measure_at_return, measure_at_review
from missing_service.domain.return_duty import (
    end_interview,
    end_the_search,
    owe_interview,
    owe_record,
    send_outcome,
    send_record,
    supersede_older,
)
from missing_service.domain.reviews import open_first_review, open_next_review, resume_reviews
from missing_service.domain.routing import (
    alert_new_force,
    hand_over_again,
    join_forces,
    ring_a_force_without_a_machine,
    route_back,
)
from missing_service.domain.rulebook import Rulebook
from missing_service.domain.self_check import tell_of_faults
from missing_service.domain.state import State
from missing_service.domain.taken_back import stand_on_other_change, take_back
from missing_service.domain.undoing import undo
from missing_service.domain.watching import tell_of_return, tell_of_silence
from missing_service.domain.who_was_told import hear_told
from missing_service.domain.withdrawing import end_with_it, owe_answer_to_it, send_withdrawn

Rule = Callable[[State, Any, Rulebook], Iterator[Effect]]

send_located = plainly("episode.located", "The child has been located.")
send_returned = plainly("episode.returned", "The child has come back.")
send_closed = plainly("episode.closed", "The episode is closed.")

RULES: Mapping[type[e.Event], tuple[Rule, ...]] = {
    e.EpisodeReported: (
        join_forces, owe_acknowledgement, open_first_review, count_reports,
        ring_a_force_without_a_machine, send_report, tell_others,
    ),
    e.EpisodeUpdated: (hear_update, recount, send_update, tell_others),
    e.PhotoKept: (send_photo,),
    e.CategoryChanged: (owe_again_where_missing, stand_with_police, recount, send_category),
    e.ChildLocated: (recount, send_located),
    e.ChildReturned: (
        end_the_search, owe_interview, measure_at_return, recount, stand_down, send_returned,
        tell_others_found,
    ),
    e.EpisodeClosed: (recount, send_closed),
    e.EpisodeWithdrawn: (
        end_with_it, owe_answer_to_it, stand_with_police, recount, say_withdrawn, send_withdrawn,
    ),
    e.PatternsRecounted: (recount_question, recount),
    e.EpisodeLinked: (send_linked,),
    e.EpisodeUnlinked: (send_unlinked,),
    e.ActUndone: (
        stand_on_other_change, undo, take_back, resume_reviews, resume_update, stand_with_police,
        recount, stand_up_again, send_correction, route_back, hand_over_again,
        tell_others_still, recount,
    ),
    e.PoliceAnswered: (
        hear_answer, stand_with_police, recount, alert_new_force, send_answer_by_phone,
    ),
    e.ObligationDecided: (hear_decision, recount, remind_after_escalation),
    e.ToldByPerson: (hear_told, recount),
    e.ObligationTaken: (take_over, recount),
    e.DayServicesAsked: (ask_day_services, recount),
    e.DigestSent: (send_digest,),
    e.HandoverShown: (show_lists,),
    e.OwnerChanged: (tell_owner, tell_not_accepted),
    e.QuestionAsked: (owe_reply, recount, send_question),
    e.QuestionAnswered: (hear_reply, recount, send_reply),
    e.LadderTold: (recount, tell_lapsed, own_up_to_empty_rota),
    e.LadderWoundBack: (recount,),
    e.ClockBroughtBack: (bring_back, recount),
    e.ReviewFellDue: (open_next_review, measure_at_review, recount),
    e.DeliveryRefused: (answer_refusal,),
    e.ChannelBroughtIn: (answer_silence,),
    e.DeliveryTaken: (trust_channel_again, supersede_older),
    e.InterviewEnded: (end_interview, recount, send_outcome),
    e.DrillUnanswered: (recount, tell_unanswered),
    e.DrillAnswered: (recount, end_drill),
    e.PeopleTold: (tell_folded,),
    e.WorkersSilent: (tell_of_silence,),
    e.WorkersBack: (tell_of_return,),
    e.ClockDoubted: (tell_of_clock,),
    e.CanarySent: (send_to_each,),
    e.SelfChecked: (tell_of_faults,),
    e.RecordSigned: (owe_record, recount, send_record),
}  # fmt: skip


def consequences(event: e.Event, state: State, book: Rulebook) -> Iterator[Effect]:
    """Each effect in turn; the caller applies it before it asks for the next."""
    for rule in RULES.get(type(event), ()):
        yield from rule(state, event, book)
