"""What becomes of publishing when a request of it goes wrong: fault by fault, phase by phase.

    published   it was tried again, or could be done without; the tag holds the chart
    nothing     exit 3, and the registry has no such tag
    there       exit 3, and the tag holds the whole chart: what failed is only fetching it back

Never half a chart; and once the fault is gone, the same command ends well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.cluster.kubernetes import eventually
from tests.registry.faults import FETCH, JSON, LOOK, PATIENCE, PHASES, SEND, TAG, Fault, Proxy
from tests.registry.publisher import NAME, Publisher, artifact
from tests.registry.servers import Server

Faulty = tuple[Server, Proxy]
WAIT = (("Retry-After", "7"),)
FAULTS = {
    fault.name: fault
    for fault in (
        Fault("401", 401),
        Fault("403", 403),
        Fault("404 of a proxy", 404),
        Fault("429 once", 429, once=True, headers=WAIT),
        Fault("429", 429),
        Fault("500 once", 500, once=True),
        Fault("500", 500),
        Fault("507", 507),
        Fault("request lost once", trick="cut_before", once=True),
        Fault("request lost", trick="cut_before"),
        Fault("answer lost once", trick="cut_after", once=True),
        Fault("answer lost", trick="cut_after"),
        Fault("half an answer once", trick="half", once=True),
        Fault("half an answer", trick="half"),
        Fault("slow once", trick="slow", once=True),
        Fault("slow", trick="slow"),
        Fault("byte by byte", trick="drip"),
        Fault("wrong digest", trick="wrong_digest"),
        Fault("wrong bytes", trick="wrong_bytes"),
        Fault("another host", trick="redirect"),
    )
}
# The phases in the order of PHASES: look, ask, begin, send, look again, tag | look after, fetch.
TABLE = """
401                  nothing   nothing   nothing   nothing   nothing   nothing   there     there
403                  nothing   published nothing   nothing   nothing   nothing   there     there
404 of a proxy       nothing   published nothing   nothing   nothing   nothing   there     there
429 once             published published published published published published published published
429                  nothing   nothing   nothing   nothing   nothing   nothing   there     there
500 once             published published published published published published published published
500                  nothing   nothing   nothing   nothing   nothing   nothing   there     there
507                  nothing   published nothing   nothing   nothing   nothing   there     there
request lost once    published published published published published published published published
request lost         nothing   nothing   nothing   nothing   nothing   nothing   there     there
answer lost once     published published published published published published published published
answer lost          nothing   nothing   nothing   nothing   nothing   published there     there
half an answer once  published published published published published published published published
half an answer       nothing   published nothing   nothing   nothing   published there     there
slow once            published published published published published published published published
slow                 nothing   nothing   nothing   nothing   nothing   published there     there
byte by byte         nothing   published nothing   nothing   nothing   published there     there
wrong digest         published published published published published there     there     published
wrong bytes          nothing   published published published nothing   published there     there
another host         published published published published published published published published
"""
ROWS = {line[:21].strip(): line[21:].split() for line in TABLE.strip().splitlines()}


def test_every_fault_has_a_row_and_every_phase_a_column() -> None:
    assert list(ROWS) == list(FAULTS)
    assert {len(row) for row in ROWS.values()} == {len(PHASES)}


def outcome(faulty: Faulty, fault: Fault, phase: str, version: str) -> tuple[str, Publisher]:
    """What happened, in the words of the table; anything else as it was said."""
    server, proxy = faulty
    publisher = Publisher(proxy.host)
    if fault.trick in ("slow", "drip"):
        publisher.network = replace(publisher.network, timeout=PATIENCE)
    proxy.arm(fault, phase)
    ours = artifact(version)
    said = publisher.publish(version, ours)
    held = server.holds(NAME, version)
    assert proxy.struck, "the fault did not happen"
    assert held in ("nothing", ours.digest)
    if said == "published":
        return said if held == ours.digest else f"{said}, and it is not there", publisher
    return said if said[:2] != "3 " else "nothing" if held == "nothing" else "there", publisher


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_ends_as_the_table_says(
    name: str, faulty: Faulty, record_property: Callable[[str, object], None]
) -> None:
    row = f"1.{list(FAULTS).index(name)}"
    found = [outcome(faulty, FAULTS[name], phase, f"{row}.{at}")[0] for at, phase in enumerate(PHASES)]
    record_property("counted: publishing, fault by fault", f"{name:<20} {' '.join(f'{x:<9}' for x in found)}")
    assert found == ROWS[name]
    faulty[1].arm(None)
    after = [
        Publisher(faulty[1].host).publish(f"{row}.{at}", artifact(f"{row}.{at}")) for at in range(len(PHASES))
    ]
    assert after == ["published" if what == "nothing" else "there" for what in found]


def test_a_tag_that_is_written_after_we_gave_up_is_told_to_be_possible(faulty: Faulty) -> None:
    server, proxy = faulty
    ours = artifact("1.99.0")
    proxy.arm(Fault("late", trick="late"), TAG)
    publisher = Publisher(proxy.host)
    publisher.network = replace(publisher.network, timeout=PATIENCE)
    said = publisher.publish("1.99.0", ours)
    assert said.startswith("3 ")
    assert said.endswith("it may be written all the same: push once more, it looks first")
    assert eventually(lambda: server.holds(NAME, "1.99.0"), lambda held: held == ours.digest) == ours.digest
    assert Publisher(server.host).publish("1.99.0", ours) == "there"


def test_it_waits_as_long_as_the_registry_asks_for(faulty: Faulty) -> None:
    _, publisher = outcome(faulty, FAULTS["429 once"], LOOK, "2.0.0")
    assert publisher.clock.pauses[0] == 7


def test_it_never_waits_longer_than_a_minute(faulty: Faulty) -> None:
    day = Fault("429", 429, once=True, headers=(("Retry-After", "86400"),))
    _, publisher = outcome(faulty, day, LOOK, "2.0.1")
    assert publisher.clock.pauses[0] == 60


def test_a_date_to_wait_for_counts_from_the_date_of_the_answer(faulty: Faulty) -> None:
    dates = (("Date", "Mon, 01 Jan 2024 00:00:00 GMT"), ("Retry-After", "Mon, 01 Jan 2024 00:00:09 GMT"))
    _, publisher = outcome(faulty, Fault("503", 503, once=True, headers=dates), LOOK, "2.0.2")
    assert publisher.clock.pauses[0] == 9


def test_pauses_double(faulty: Faulty) -> None:
    publisher = Publisher(faulty[1].host)
    publisher.network = replace(publisher.network, retries=4)
    faulty[1].arm(FAULTS["500"], LOOK)
    said = publisher.publish("2.0.3", artifact("2.0.3"))
    assert publisher.clock.pauses == [0.25, 0.5, 1.0, 2.0]
    host = faulty[1].host
    assert said == (f"3 {host}: looking for {NAME}:2.0.3: it answered 500 (5 tries)\ntry again later")


def test_a_404_that_a_registry_did_not_say_is_not_taken_for_absent(faulty: Faulty) -> None:
    html, plain = (
        Fault("404", 404),
        Fault("404", 404, body=b'{"errors":[{"code":"PAGE_NOT_FOUND"}]}', headers=tuple(JSON.items())),
    )
    for at, fault in enumerate((html, plain)):
        assert outcome(faulty, fault, LOOK, f"2.1.{at}")[0] == "nothing"


@pytest.mark.parametrize("code", ["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"])
def test_a_404_of_a_registry_is_absent(code: str, faulty: Faulty) -> None:
    body = f'{{"errors":[{{"code":"{code}","message":"no"}}]}}'.encode()
    fault = Fault("404", 404, body=body, headers=tuple(JSON.items()))
    assert outcome(faulty, fault, LOOK, f"2.2.{len(code)}")[0] == "published"


def test_what_a_registry_says_is_told_without_what_a_terminal_would_obey(faulty: Faulty) -> None:
    body = b'{"errors":[{"code":"DENIED","message":"\\u001b[31mquota\\nis full"}]}'
    faulty[1].arm(Fault("403", 403, body=body, headers=tuple(JSON.items())), SEND)
    said = Publisher(faulty[1].host).publish("2.3.0", artifact("2.3.0"))
    assert "403 (DENIED:  [31mquota is full)" in said
    assert "\x1b" not in said


@pytest.mark.parametrize("status", [400, 409, 412])
def test_a_registry_that_refuses_to_write_a_tag_anew_is_asked_what_is_there(
    status: int, faulty: Faulty
) -> None:
    """As registries with immutable tags do: here another content came between looking and writing."""
    server, proxy = faulty
    version, ours, theirs = f"3.0.{status}", artifact(f"3.0.{status}"), artifact(f"3.0.{status}", "two")

    def meanwhile(phase: str) -> None:
        if phase == TAG:
            assert Publisher(server.host).publish(version, theirs) == "published"

    proxy.arm(Fault("immutable", status), TAG)
    proxy.before = meanwhile
    try:
        said = Publisher(proxy.host).publish(version, ours)
    finally:
        proxy.before = lambda _: None
    assert said.startswith(
        f"1 oci://{proxy.host}/{NAME}:{version} is taken by another content, {theirs.digest}"
    )
    assert server.holds(NAME, version) == theirs.digest


def test_a_registry_that_lacks_a_blob_gets_it_once_more(faulty: Faulty) -> None:
    body = b'{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"blob unknown to registry"}]}'
    fault = Fault("blob unknown", 400, once=True, body=body, headers=tuple(JSON.items()))
    assert outcome(faulty, fault, TAG, "3.9.0")[0] == "published"
    tagged = [
        at for at, (method, path, _) in enumerate(faulty[1].seen) if method == "PUT" and "/manifests/" in path
    ]
    between = [method for method, _, _ in faulty[1].seen[tagged[0] + 1 : tagged[1]]]
    assert between == ["GET", "HEAD", "HEAD"]


def test_an_upload_that_broke_off_is_begun_anew(faulty: Faulty) -> None:
    _, publisher = outcome(faulty, FAULTS["request lost once"], SEND, "4.0.0")
    asked = [method for method, path, _ in faulty[1].seen if "/uploads/" in path]
    assert asked == ["POST", "PUT", "POST", "PUT", "POST", "PUT"]
    assert publisher.clock.pauses[0] == 0.25


def test_a_blob_that_is_there_is_not_sent_again(faulty: Faulty) -> None:
    outcome(faulty, FAULTS["401"], TAG, "4.1.0")
    faulty[1].arm(None)
    assert Publisher(faulty[1].host).publish("4.1.0", artifact("4.1.0")) == "published"
    assert not [path for _, path, _ in faulty[1].seen if "/uploads/" in path]


def test_blobs_come_first_and_the_tag_last(faulty: Faulty) -> None:
    outcome(faulty, FAULTS["500 once"], FETCH, "4.2.0")
    writes = [
        (method, "tag" if "/manifests/" in path else "blob")
        for method, path, _ in faulty[1].seen
        if method in ("PUT", "POST")
    ]
    assert writes == [("POST", "blob"), ("PUT", "blob"), ("POST", "blob"), ("PUT", "blob"), ("PUT", "tag")]
