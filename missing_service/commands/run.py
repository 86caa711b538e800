"""`up`, `serve` and `work`: the service itself."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from flask import Flask

from missing_service import demo
from missing_service.bootstrap import (
    Application,
    DemoReceiver,
    ServiceLock,
    begin,
    make_application,
    make_web,
    prepare,
)
from missing_service.commands.demo_police import PORT as POLICE_PORT
from missing_service.commands.servers import Gunicorn, Web
from missing_service.commands.signals import Signals
from missing_service.commands.words import add_word, at_least_one, port, say
from missing_service.config import BadSetting, Settings, read_settings
from missing_service.logs import log
from workers.main import Workers
from workers.watch import Watch

Greet = Callable[[], None]
PORT = 8000
FOR_ANSWERS, FOR_WORK = 3.0, 6.0  # of the ten seconds in which everything has stopped


def add_words(words: Any) -> None:
    word = add_word(words, "up", "migrate, load, and run web and workers in this process", up)
    word.add_argument("--demo", action="store_true", help="an invented council and police; fast")
    _add_address(word)
    word.add_argument("--police-port", type=port, default=POLICE_PORT, metavar="N")
    word = add_word(words, "serve", "run web processes alone", serve)
    _add_address(word)
    word.add_argument("--workers", type=at_least_one, default=1, metavar="N", help="processes")
    add_word(words, "work", "run workers alone", work)


def _add_address(word: argparse.ArgumentParser) -> None:
    word.add_argument("--host", default="127.0.0.1", metavar="H")
    word.add_argument("--port", type=port, default=PORT, metavar="N")


def up(given: argparse.Namespace) -> int:
    """Everything in one process, until SIGTERM or SIGINT."""
    with Signals() as signals, ExitStack() as stack:
        environ = dict(os.environ)
        receiver = stack.enter_context(_receiver(given.police_port)) if given.demo else None
        if receiver:
            environ = {"MISSING_SMTP_URL": receiver.smtp_url, **environ, "MISSING_ENV": "demo"}
        settings = read_settings(environ, listens=_address(given.host, given.port))
        stack.enter_context(ServiceLock(settings.database_url))
        application = stack.enter_context(_opened(settings, migrate=True))
        begin(application)
        greet = _begin_demo(application, receiver) if receiver else _greeting(settings)
        _run(application, given, signals, greet)
    return 0


def _receiver(number: int) -> DemoReceiver:
    """The demonstration's police; the last start's tokens are forgotten first."""
    demo.forget_tokens()
    return DemoReceiver(number, demo.webhook_secret())


def _begin_demo(application: Application, receiver: DemoReceiver) -> Greet:
    """Load the invented council with fresh tokens; what to write and say once all runs."""
    tokens, url = demo.fresh_tokens(), application.settings.public_url
    application.load(demo.directory(receiver.hook_url, tokens))

    def greet() -> None:
        demo.write_tokens(
            tokens, {"MISSING_URL": url, "POLICE_URL": receiver.url, "MISSING_ENV": "demo"}
        )
        say(
            "The demonstration runs. Nobody in it exists, nothing leaves this machine, and minutes",
            "run as seconds. Stop with Ctrl-C.",
            f"  service   {url}  (its calls: {url}/api/v1/docs)",
            f"  police    {receiver.url}  (what came to them, and what people were told)",
            f"  tokens    {demo.FILE}  (new at each start; for the README's curl)",
        )

    return greet


def _greeting(settings: Settings) -> Greet:
    return lambda: say(f"The service runs: {settings.public_url} (stop with Ctrl-C)")


def _run(
    application: Application,
    given: argparse.Namespace,
    signals: Signals,
    greet: Greet,
) -> None:
    web = Web(make_web(application), host=given.host, port=given.port)
    workers, watch = Workers(application), Watch(application)
    workers.start()
    web.start()
    watch.start()
    greet()
    signals.wait()
    say("Stopping: finishing what is under way.")
    watch.stop(0)
    web.stop(FOR_ANSWERS)
    workers.stop(FOR_WORK)


def serve(given: argparse.Namespace) -> int:
    """Web processes, each with connections of its own."""
    settings = read_settings(os.environ, listens=_address(given.host, given.port))
    if settings.is_sqlite and given.workers > 1:
        raise BadSetting("On SQLite one process serves: leave out --workers, or use PostgreSQL.")
    with ServiceLock(settings.database_url):
        prepare(settings)
        address = f"{_bracketed(given.host)}:{given.port}"
        options = {"bind": address, "workers": given.workers}
        Gunicorn(lambda: _watching(settings), **options).run()
    return 0


def _watching(settings: Settings) -> Flask:
    """What each web process makes for itself, after the fork: a thread begun before it would not
    be there."""
    application = make_application(settings)
    Watch(application).start()
    return make_web(application)


def work(_: argparse.Namespace) -> int:
    """Workers, until SIGTERM or SIGINT."""
    settings = read_settings(os.environ)
    with Signals() as signals, ExitStack() as stack:
        stack.enter_context(ServiceLock(settings.database_url))
        prepare(settings)
        workers = Workers(stack.enter_context(_opened(settings)))
        workers.start()
        say("The workers run (stop with Ctrl-C).")
        signals.wait()
        workers.stop(FOR_ANSWERS + FOR_WORK)
    return 0


@contextmanager
def _opened(settings: Settings, *, migrate: bool = False) -> Iterator[Application]:
    application = make_application(settings, migrate=migrate)
    try:
        yield application
    finally:
        application.close()
        log().info("stopped")


def _address(host: str, number: int) -> str:
    """What to call the service by from this machine, where nothing else was set."""
    everywhere = host in ("", "::") or host.strip("0.") == ""
    return f"http://{'127.0.0.1' if everywhere else _bracketed(host)}:{number}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
