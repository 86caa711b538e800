"""Police ask in mid-search: the owner hears at once, the manager after a quarter of an hour, police
get the answer."""

from tests.builders import EDT
from tests.journeys.world import World, only


def test_what_police_ask_is_owed_by_the_owner_and_the_answer_reaches_police(world: World):
    episode = world.report()
    world.answer(episode)
    world.types()
    world.ask(episode)
    assert world.told() == [(0, "asha")]
    world.advance(minutes=31)
    letters = world.letters()
    assert sorted((round(one.minute), one.to.split(".")[0]) for one in letters) == [
        (15, "asha"), (15, "daniel"), (30, "asha"), (30, "daniel"),
    ]  # fmt: skip
    assert all("A question from police" in one.text for one in letters)
    assert all("exit" not in one.text for one in letters)
    assert [kind for kind, _ in world.types()] == ["episode.question"]
    world.reply(episode)
    (news,) = world.heard()
    assert news.type == "episode.question"
    (question,) = news.data["data"]["episode"]["questions"]
    assert question["answer"] == "The north exit; it is off."
    assert "question_answered" not in world.open_kinds(episode)
    world.advance(minutes=20)
    world.nothing_more()


def test_what_police_asked_by_telephone_is_sent_to_them_so_that_they_can_dispute_it(world: World):
    episode = world.report()
    world.types()
    world.ask(episode, EDT, by_phone=True)
    news = only(world.heard())
    assert news.type == "episode.question"
    assert "by telephone, as recorded here" in news.data["data"]["change"]["summary"]
    assert world.told_now() == ["asha"]
    world.undo_last(episode, "question.asked")
    correction = only(world.heard())
    assert correction.data["data"]["change"]["summary"].startswith(
        "CORRECTION: a question was entered"
    )
    assert correction.data["data"]["episode"]["questions"] == []
    assert "question_answered" not in world.open_kinds(episode)


def test_once_the_child_is_found_an_unanswered_question_waits_for_the_morning(world: World):
    episode = world.report()
    world.answer(episode)
    world.ask(episode)
    world.returned(episode)
    world.letters()
    world.types()
    world.advance(hours=3)
    assert world.told() == []
    assert "question_answered" in world.open_kinds(episode)
