"""The later steps of a release: from what was published last to what is published now.

None of them changes anything in a dry run; what is published already is never changed.
"""

from __future__ import annotations

from chartgen import changelog as changelogs
from chartgen import git
from chartgen.cli.diff import compared, overlays
from chartgen.cli.package import beside, put
from chartgen.cli.push import Parcel, found_there, published
from chartgen.cli.registry import fetched
from chartgen.cli.releasing import Job, Work
from chartgen.cli.version import decide, refusal
from chartgen.disk import holds, read_text
from chartgen.errors import ChartgenError
from chartgen.package import digest, file_name
from chartgen.record import PROVENANCE, name_beside
from chartgen.versions import parsed


def last(work: Work, job: Job) -> str:
    """What is published: this version, or the last one before it, or the last one."""
    from chartgen.oci import Reference, newest, version_of, versions

    target = work.below.chart(job.chart.name, job.chart.version)
    with work.access.open(target, writes=True) as repository:
        tags = versions(repository)
    if not tags:
        return f"nothing is published at {target.repository}: this is the first release"
    own = parsed(job.chart.version)
    older = [tag for tag in tags if own and (was := parsed(version_of(tag))) and was < own]
    tag = target.tag if target.tag in tags else newest(older or tags)
    job.before, job.base = fetched(work.access, str(Reference(target.host, target.path, tag)))
    return f"{job.before.where}"


def diff(work: Work, job: Job) -> str:
    """What is different from what is published."""
    if job.base is None:
        return "nothing to compare with"
    files = overlays(work.place, job.entry)
    job.found = compared(job.base, job.chart, work.engine, files)
    counts = {level: len(job.found.of(level)) for level in dict.fromkeys(c.level for c in job.found.changes)}
    said = ", ".join(f"{count} {level.value}" for level, count in counts.items())
    untold = f"; not known under {len(job.found.untold)} values" if job.found.untold else ""
    return f"changes since {job.base.version}: {said or 'none'}; helm upgrade: {job.found.verdict}{untold}"


def version(work: Work, job: Job) -> str:
    """The version is at least what the changes ask for."""
    if job.base is None or job.found is None:
        return f"{job.chart.version} is the first"
    decided = decide(work.place, job.entry, job.found, job.base.version, job.chart.version)
    if decided.refuses(decided.said):
        raise refusal(decided, decided.said, _base(job))
    return f"{decided.said} after {decided.base}, {decided.least} is the least"


def _base(job: Job) -> str:
    return str(job.before.reference) if job.before else ""


def changelog(work: Work, job: Job) -> str:
    """The changelog tells of the version, when there is something to tell."""
    own = parsed(job.chart.version)
    if job.base is None or job.found is None:
        return "none is needed for the first version"
    if not job.found.changes or (own and own.prerelease):
        return "nothing to tell" if not job.found.changes else "none is needed for a pre-release"
    folder = work.place.path(job.entry.app)
    file = (folder if folder.is_dir() else folder.parent) / changelogs.NAME
    text = read_text(file).decode() if file.is_file() else ""
    if not changelogs.has(text, job.chart.version):
        raise ChartgenError(
            f"{file} says nothing of {job.chart.version}",
            f"`chartgen version {job.entry.name} --base {_base(job)} --write` writes a section; "
            "then `chartgen generate`, and commit both",
        )
    return f"{file} has a section for {job.chart.version}"


def package(work: Work, job: Job) -> str:
    """The package, its record, its bill of materials and its provenance file."""
    from chartgen.oci import artifact

    chart, packed = job.chart, job.sound.staged.packed
    name = name_beside(chart, PROVENANCE)
    signer, proof = work.signer, _published_proof(work, job, name)
    others = beside(job.sound, work.folder, work.sbom, None if proof else signer)
    if proof:
        others[name] = proof
    elif signer is None and name not in others and (work.folder / name).is_file():
        proof = read_text(work.folder / name)
    job.parcel = Parcel(
        work.below.chart(chart.name, chart.version), artifact(chart, packed, others.get(name) or proof)
    )
    signed = ", signed" if others.get(name) or proof else ""
    file = work.folder / file_name(chart)
    there = holds(file, packed) if file.is_file() else False
    if not work.dry_run:
        with work.place.alone():
            put(work.folder, job.sound.staged, others)
    how = "is there already" if there else "would be packed" if work.dry_run else "packed"
    return f"{file} {digest(packed)} {how}{signed}"


def _published_proof(work: Work, job: Job, name: str) -> bytes | None:
    """The provenance file that is published with this very package, when it is by the key that was asked for:
    a signature tells its time, and a second one would be another content."""
    found, packed = job.before, job.sound.staged.packed
    if not found or not found.provenance or found.archive != packed:
        return None
    by_key = work.signer is None or work.signer.is_good(found.provenance, packed, name)
    return found.provenance if by_key else None


def registry(work: Work, job: Job) -> str:
    """The version is free, or has this content. Every chart is asked about before the first is published."""
    job.digest = found_there(work.access, job.packed)
    return f"{job.packed.target} {f'is published already, {job.digest}' if job.digest else 'is free'}"


def push(work: Work, job: Job) -> str:
    """Publishes it."""
    if job.digest:
        return "nothing to do"
    said = published(work.access, job.packed, work.dry_run)
    if not work.dry_run:
        job.digest = job.packed.artifact.digest
        work.done.append("push")
    return f"{job.packed.target}@{job.packed.artifact.digest} {said}"


def _where(job: Job) -> str:
    target = job.packed.target
    return f"{target.host}/{target.path}@{job.digest}"


def sign(work: Work, job: Job) -> str:
    """Has cosign sign it in the registry."""
    if not work.cosign_key:
        return "no key of cosign was given"
    if work.dry_run:
        signed = bool(job.digest) and work.cosign.is_signed(_where(job), work.cosign_key)
        return "nothing to do" if signed else f"would be signed with {work.cosign_key}"
    if not work.cosign.sign(_where(job), work.cosign_key):
        return "signed with this key already"
    work.done.append("sign")
    return f"signed with {work.cosign_key}"


def check(work: Work, job: Job) -> str:
    """Fetches it, as those who receive it do, and compares it with git."""
    from chartgen.cli.failures import CombinedError
    from chartgen.cli.verify_release import Release, checked

    if not job.digest:
        return "would be fetched, and compared with git"
    found, chart = fetched(work.access, str(job.packed.target))
    keys = work.signer.keys if work.signer else None
    release = Release(found, chart, job.digest, job.revision, work.config, keys, work.cosign, None)
    results = list(checked(release))
    errors = [error for _, _, error in results if error]
    if work.cosign_key and not work.dry_run and not work.cosign.is_signed(_where(job), work.cosign_key):
        errors.append(ChartgenError(f"{_where(job)} is not signed", "run it again"))
    if errors:
        raise CombinedError(errors)
    return "; ".join(f"{name} {said}" for name, said, _ in results)


def tag(work: Work, job: Job) -> str:
    """Gives the commit its tag, here: to push it is a person's to do."""
    root, chart = work.place.root, job.chart
    if found := git.tags(root, chart.name).get(chart.version):
        return f"{found} is there already"
    alone = len(work.place.project.charts) == 1
    name = f"v{chart.version}" if alone else f"{chart.name}-{chart.version}"
    if work.dry_run:
        return f"{name} would be set at {job.commit[:12]}"
    git.set_tag(root, name, job.commit)
    work.done.append("tag")
    return f"{name} is set at {job.commit[:12]}; `git push origin {name}` is left to you"
