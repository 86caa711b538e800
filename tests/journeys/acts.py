"""What people do in a story: each calls one use case and answers what the API would answer."""

from datetime import datetime
from typing import Any
from uuid import UUID

from missing_service.domain.chronology import chronology
from missing_service.domain.codes import WithdrawnWhy
from missing_service.domain.episode import Episode
from missing_service.domain.events import Actor
from missing_service.domain.state import State
from missing_service.domain.view import episode_for_people
from missing_service.usecases import (
    answer_obligation,
    ask_question,
    change_owner,
    decide_obligation,
    hold_interview,
    record_return,
    report_missing,
    update_episode,
)
from missing_service.usecases.link_episodes import link_episodes, unlink_episodes
from missing_service.usecases.service import Service
from missing_service.usecases.undo_act import undo_act
from missing_service.usecases.withdraw_episode import withdraw_episode
from tests.builders import (
    EDT,
    INTERVIEWER,
    MANAGER,
    MET,
    a_record,
    a_report,
    a_return,
    an_answer,
)
from tests.fakes.clock import FakeClock

Body = dict[str, Any]


class Acts:
    """Mixed into the world; workers run after each act, as they do within a second."""

    application: Any
    clock: FakeClock

    @property
    def service(self) -> Service:
        found: Service = self.application.service
        return found

    def run_workers(self) -> None:
        raise NotImplementedError

    def _done(self, done: Any) -> Body:
        self.run_workers()
        body: Body = done.body
        return body

    def report(self, actor: Actor = EDT, **other: Any) -> Body:
        said = a_report(**other)
        return self._done(report_missing.report_missing(said, actor=actor, service=self.service))

    def answer(self, episode: Body, kind: str = "police_acknowledgement", **other: Any) -> Body:
        """Police answer what is owed of this kind, last opened, or what has this id."""
        actor = other.pop("actor", MET)
        said = an_answer(**other)
        owed = UUID(kind if "-" in kind else self.owed(episode, kind)["id"])
        done = answer_obligation.acknowledge(owed, said, actor=actor, service=self.service)
        return self._done(done)

    def rang(self, episode: Body, result: str = "NO_ANSWER") -> Body:
        owed = UUID(self.owed(episode)["id"])
        said = {"result": result, "name": None, "number": None}
        done = answer_obligation.record_call(owed, said, actor=EDT, service=self.service)
        return self._done(done)

    def decide(self, obligation: Body, decision: str, actor: Actor = MANAGER) -> Body:
        said = {"decision": decision, "reason": "as discussed"}
        place = UUID(obligation["id"])
        done = decide_obligation.decide(place, said, actor=actor, service=self.service)
        return self._done(done)

    def ask(self, episode: Body, actor: Actor = MET, **other: Any) -> Body:
        said = {"text": "Which exit? Is his phone on?", "by": "PC Ann Lee", **other}
        done = ask_question.ask_question(
            episode["reference"], said, actor=actor, service=self.service
        )
        return self._done(done)

    def own(self, episode: Body, person: str, actor: Actor = EDT) -> Body:
        done = change_owner.change_owner(
            episode["reference"], person, "goes off duty", actor=actor, service=self.service
        )
        return self._done(done)

    def reply(self, episode: Body, actor: Actor = EDT, **other: Any) -> Body:
        """Answer what police asked last."""
        question = UUID(self.episode(episode)["questions"][-1]["id"])
        said = {"text": "The north exit; it is off.", **other}
        done = ask_question.answer_question(
            episode["reference"], question, said, actor=actor, service=self.service
        )
        return self._done(done)

    def update(self, episode: Body, topic: str, actor: Actor = EDT, **content: Any) -> Body:
        reference = episode["reference"]
        done = update_episode.update_episode(
            reference, topic, content, actor=actor, service=self.service
        )
        return self._done(done)

    def category(self, episode: Body, category: str) -> Body:
        done = update_episode.change_category(
            episode["reference"],
            category,
            self.clock.now(),
            "so it turns out",
            actor=EDT,
            service=self.service,
        )
        return self._done(done)

    def located(self, episode: Body, at: datetime | None = None) -> Body:
        at = at or self.clock.now()
        done = record_return.record_located(
            episode["reference"], at, {"how": "POLICE"}, actor=EDT, service=self.service
        )
        return self._done(done)

    def returned(self, episode: Body, at: datetime | None = None, **other: Any) -> Body:
        at = at or self.clock.now()
        done = record_return.record_returned(
            episode["reference"], at, a_return(**other), actor=EDT, service=self.service
        )
        return self._done(done)

    def closed(self, episode: Body) -> Body:
        done = record_return.close_episode(
            episode["reference"], "all done", actor=EDT, service=self.service
        )
        return self._done(done)

    def linked(self, episode: Body, other: Body) -> Body:
        where = (episode["reference"], other["reference"], "both rang")
        return self._done(link_episodes(*where, actor=EDT, service=self.service))

    def unlinked(self, episode: Body, other: Body) -> Body:
        where = (episode["reference"], other["reference"], "two children")
        return self._done(unlink_episodes(*where, actor=EDT, service=self.service))

    def withdrawn(self, episode: Body, why: str = "NEVER_MISSING") -> Body:
        content = {"note": "in her room", "authorised_by": "Jo Grant"}
        done = withdraw_episode(
            episode["reference"], WithdrawnWhy(why), content, actor=EDT, service=self.service
        )
        return self._done(done)

    def undo(self, episode: Body, n: int, actor: Actor = MANAGER) -> Body:
        done = undo_act(
            episode["reference"], n, "typed on the wrong episode", actor=actor, service=self.service
        )
        return self._done(done)

    def undo_last(self, episode: Body, kind: str) -> Body:
        """Undo the last act of this kind."""
        found = [item["n"] for item in self.story(episode) if item["kind"] == kind]
        return self.undo(episode, found[-1])

    # the interview

    def allocate(self, interview: UUID, who: str = "tomasz.zielinski@harrow.example") -> Body:
        said = {"interviewer": who, "role": "adviser", "independence": "another service"}
        done = hold_interview.allocate_interview(
            interview, said, actor=MANAGER, service=self.service
        )
        return self._done(done)

    def end_interview(self, interview: UUID, status: str = "HELD", **other: Any) -> Body:
        said = {"status": status, "at": self.clock.now(), **other}
        done = hold_interview.end_interview(
            interview, said, actor=INTERVIEWER, service=self.service
        )
        return self._done(done)

    def sign(self, interview: UUID, etag: str = '"0"', **other: Any) -> Body:
        draft = a_record(**other)
        hold_interview.save_draft(
            interview, draft, if_match=etag, actor=INTERVIEWER, service=self.service
        )
        return self._done(
            hold_interview.sign_off(interview, actor=INTERVIEWER, service=self.service)
        )

    # what stands

    def episode(self, episode: Body) -> Body:
        """The episode as its council reads it now."""

        def read(reading: Any) -> Body:
            stream = reading.listing.find("reference", episode["reference"])
            state = State(reading)
            row = state.get(Episode, stream)
            directory = self.application.store.directory()
            return episode_for_people(state, row, directory, now=self.clock.now())

        body: Body = self.application.store.read(read)
        return body

    def story(self, episode: Body) -> list[Body]:
        """The chronology."""

        def read(reading: Any) -> list[Body]:
            stream = reading.listing.find("reference", episode["reference"])
            directory = self.application.store.directory()
            return chronology(reading.whole_story(stream), directory)

        found: list[Body] = self.application.store.read(read)
        return found

    def all_owed(self, episode: Body, kind: str) -> list[Body]:
        return [o for o in self.episode(episode)["obligations"] if o["kind"] == kind]

    def owed(self, episode: Body, kind: str = "police_acknowledgement") -> Body:
        """What is owed of this kind, last opened."""
        return self.all_owed(episode, kind)[-1]

    def open_kinds(self, episode: Body) -> list[str]:
        owed = self.episode(episode)["obligations"]
        return sorted(o["kind"] for o in owed if o["state"] == "OPEN")
