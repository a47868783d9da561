"""What can go wrong between the script and the API server, one function each."""

from __future__ import annotations

import threading

from tests.secret.api_server import Fault, Handler, status_object


def nothing(handler: Handler) -> bool:
    """This request is answered as it should be."""
    return False


def refusal(code: int, reason: str, message: str) -> Fault:
    def fault(handler: Handler) -> bool:
        handler.answer(code, status_object(code, reason, message))
        return True

    return fault


def page(code: int) -> Fault:
    """The HTML of a proxy."""

    def fault(handler: Handler) -> bool:
        handler.answer_bytes(code, b"<html><body>{}Log in first.</body></html>", "text/html")
        return True

    return fault


def empty(handler: Handler) -> bool:
    handler.answer_bytes(200, b"", "application/json")
    return True


def cut_short(handler: Handler) -> bool:
    """The first half of the true answer; nothing in the protocol tells: it ends as a whole one would."""
    code, document = handler.result()
    body = handler.text(document)
    handler.answer_bytes(code, body[: len(body) // 2], "application/json", promised=0)
    return True


def dies_in_the_answer(handler: Handler) -> bool:
    """The request is carried out; the connection ends in the middle of the answer."""
    code, document = handler.result()
    body = handler.text(document)
    handler.answer_bytes(code, body[: len(body) // 2], "application/json", promised=len(body))
    handler.hang_up()
    return True


def dies_before_the_answer(handler: Handler) -> bool:
    handler.hang_up()
    return True


def never_answers(handler: Handler) -> bool:
    handler.server.released.wait()
    dies_before_the_answer(handler)
    return True


def trickles(handler: Handler) -> bool:
    """A byte now and then, so that no client's own time limit on silence ever counts."""
    handler.close_connection = True
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.released.wait(0.05):
        handler.wfile.write(b" ")
    return True


def slowly(handler: Handler) -> bool:
    handler.server.released.wait(0.15)
    return False


def meet(parties: int) -> Fault:
    """Nobody is answered before `parties` requests have come and were looked up."""
    barrier = threading.Barrier(parties)

    def fault(handler: Handler) -> bool:
        looked_up = handler.result()
        barrier.wait(30)
        handler.answer(*looked_up)
        return True

    return fault


def echoes_the_body(handler: Handler) -> bool:
    """An admission webhook that repeats what it was sent."""
    message = f"admission webhook denied: {handler.body.decode().partition('stringData')[2]}"
    handler.answer(422, status_object(422, "Invalid", message))
    return True
