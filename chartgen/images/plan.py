"""What is to be built: for each component its folder, its names, its labels and its date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from chartgen.errors import ChartgenError, Problem, UsageError, near_miss
from chartgen.frozen import Frozen
from chartgen.model import App
from chartgen.model.component import Component

# Source: the distribution project, "reference" grammar.
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_RELEASE = re.compile(r"v?\d+\.\d+\.\d+([-.].*)?")
_SHORT = 12  # characters of a commit


class Source(Frozen):
    """A checkout: what is built from, the commit, its tags, whether it was changed since, and its address."""

    folder: str
    commit: str = ""
    tags: tuple[str, ...] = ()
    changed: bool = False


class Order(Frozen):
    """One image to be built. `names` are whole, with their tags; `epoch` is its date, in Unix seconds."""

    component: str
    key: str
    context: str
    dockerfile: str
    names: tuple[str, ...]
    labels: tuple[tuple[str, str], ...]
    args: tuple[tuple[str, str], ...] = ()
    target: str = ""
    platforms: tuple[str, ...] = ()
    epoch: int = 0


def tag_of(source: Source) -> str:
    """The tag that git gives: of a release, else of the commit. Raises UsageError where there is no git."""
    if not source.commit:
        raise UsageError(f"{source.folder}: no git checkout, so there is no tag", "--tag gives one")
    tag = next((tag for tag in sorted(source.tags, reverse=True) if _RELEASE.fullmatch(tag)), "")
    return f"{tag or source.commit[:_SHORT]}{'-dirty' if source.changed else ''}"


def labels(app: App, component: Component, source: Source, tag: str, created: str) -> dict[str, str]:
    """What the image says of itself. Source: OCI Image Format Specification, "Annotations"."""
    told = {
        "created": created,
        "title": f"{app.name}-{component.name}",
        "description": component.description or app.description,
        "version": tag,
        "revision": source.commit,
        "source": next(iter(app.sources), ""),
        "url": app.home,
        "licenses": app.license,
    }
    return {f"org.opencontainers.image.{key}": value for key, value in sorted(told.items()) if value}


def orders(
    app: App, names: tuple[str, ...], source: Source, tags: tuple[str, ...], registry: str | None,
    platforms: tuple[str, ...], epoch: int, created: str,
) -> tuple[Order, ...]:  # fmt: skip
    """An order for each component that has a `build`, or for those that are named. Raises ChartgenError."""
    _refuse_tags(tags)
    made = []
    for component in _meant(app, names):
        build = component.build
        assert build is not None
        context = _below(source.folder, build.context, component.name)
        image = component.image
        repository = _whole(image.registry if registry is None else registry, image.repository)
        made.append(
            Order(
                component.name,
                component.key,
                context,
                f"{context}/{build.dockerfile or 'Dockerfile'}",
                tuple(f"{repository}:{tag}" for tag in tags),
                tuple(labels(app, component, source, tags[0], created).items()),
                tuple(sorted(build.args.items())),
                build.target,
                platforms,
                epoch,
            )
        )
    return tuple(made)


def _whole(host: str, repository: str) -> str:
    """A name with its registry, as Kubernetes completes one: podman and buildah would take `localhost`.

    Source: the distribution project, reference.ParseNormalizedNamed.
    """
    if host:
        return f"{host}/{repository}"
    return f"docker.io/{repository if '/' in repository else f'library/{repository}'}"


def _meant(app: App, names: tuple[str, ...]) -> list[Component]:
    built = {name: component for name, component in app.components.items() if component.build}
    unknown = [name for name in names if name not in built]
    if unknown:
        raise UsageError(
            "these cannot be built",
            problems=[Problem(name, _why(app, name), near_miss(name, built)) for name in unknown],
        )
    if not built:
        raise ChartgenError(
            f"{app.name}: no component says where its image is built from",
            "give one a `build`, such as `build: {context: backend}`",
        )
    return [built[name] for name in dict.fromkeys(names) or built]


def _why(app: App, name: str) -> str:
    return "it has no `build` in app.yaml" if name in app.components else "there is no such component"


def _below(folder: str, context: str, component: str) -> str:
    """A folder of the checkout. Raises ChartgenError for one that is none: a build sends it all."""
    path = PurePosixPath(context)
    if path.is_absolute() or ".." in path.parts or "://" in context:
        raise ChartgenError(
            f"components.{component}.build.context: {context!r} is no folder of the checkout",
            "images are built from --source alone",
        )
    return str(PurePosixPath(folder) / path)


def _refuse_tags(tags: Iterable[str]) -> None:
    wrong = [tag for tag in tags if not _TAG.fullmatch(tag)]
    if wrong:
        what = f"{wrong[0]!r} is no tag"
        raise UsageError(what, "letters, digits, '_', '.' and '-', 128 at most; --tag gives another")
