"""Host names in texts that go into a chart as they are: files, probes, scripts.

There a service has to answer to the plain name, which is the name of a Service beside its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chartgen.compose import plain
from chartgen.compose.files import files_of
from chartgen.compose.merge import texts
from chartgen.compose.project import Project
from chartgen.compose.references import mentioned, references
from chartgen.compose.service import Service
from chartgen.compose.source import Source, leads_out


def spoken(
    project: Project, services: Mapping[str, Service], source: Source, hosts: Mapping[str, str]
) -> Iterator[str]:
    """The names, of services other than the one whose text it is."""
    for service in services.values():
        others = {host: name for host, name in hosts.items() if name != service.name}
        for text in _scripts(service):
            if not any(references(text, others)):
                yield from mentioned(text, others)
        for text in _probe(service):
            yield from mentioned(text, others)
        for text in _files(project, service, source):
            yield from (reference.host for reference in references(text, others))


def _scripts(service: Service) -> Iterator[str]:
    """Texts of several words, in which a name can stand that no rule tells."""
    for key in ("entrypoint", "command"):
        yield from (word for word in service.words(key)[1:] if " " in word)
    yield from (value for value, _ in service.environment.values() if value and set(value) & set(" {["))


def _probe(service: Service) -> Iterator[str]:
    yield from map(plain.text_of, texts(service.map("healthcheck").get("test")))


def _files(project: Project, service: Service, source: Source) -> Iterator[str]:
    for use, _ in service.mounts:
        if use.kind == "bind" and not leads_out(use.source):
            yield from (
                data.decode("utf-8", "replace") for data in files_of(source, use.source).files.values()
            )
    for item in texts(service.get("configs")):
        entry = project.group("configs").get(str(item.get("source") if isinstance(item, dict) else item))
        if isinstance(entry, dict):
            yield plain.text_of(entry.get("content"))
            for data in files_of(source, str(entry["file"])).files.values() if "file" in entry else ():
                yield data.decode("utf-8", "replace")
