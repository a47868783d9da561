"""`chartgen package --sign`: signs what it packs, keeps a good signature, and writes nothing without one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from chartgen.signing import Keys, verify
from tests.cli.command import Ran, run, write_project
from tests.need import need
from tests.signing.conftest import PASSPHRASE, Ring

PACKAGE = "wiki-0.2.0.tgz"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("helm_python")
    folder = write_project(tmp_path_factory.mktemp("signed"))
    assert run("generate", "wiki", cwd=folder).code == 0
    return folder


def signed(project: Path, ring: Ring, *more: str, stdin: str = PASSPHRASE, key: str = "rsa3072") -> Ran:
    keys = ("--sign", "--key", f"{key}@example.com", "--keyring", str(ring.secret), "--passphrase-file", "-")
    return run("package", "wiki", *keys, *more, cwd=project, stdin=stdin)


def test_a_good_signature_stays_and_another_key_makes_another(project: Path, ring: Ring) -> None:
    prov, packed = project / "dist" / f"{PACKAGE}.prov", project / "dist" / PACKAGE
    trusted = Keys(ring.public.read_bytes())
    found = []
    for key in ("rsa3072", "rsa3072", "nistp256"):
        ran = signed(project, ring, key=key)
        assert (ran.code, ran.err) == (0, "")
        found.append(prov.read_bytes())
        assert verify(found[-1], PACKAGE, packed.read_bytes(), trusted).signer.startswith(f"{key} ")
    assert found[0] == found[1] != found[2]
    assert stat.S_IMODE(prov.stat().st_mode) == 0o644


def test_source_date_epoch_dates_the_signature(project: Path, ring: Ring, tmp_path: Path) -> None:
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\nnot this line\n")
    options = ("--sign", "--keyring", str(ring.rsa_secret), "--passphrase-file", f"{tmp_path}/passphrase")
    files = []
    for folder in ("one", "two"):
        env = {"SOURCE_DATE_EPOCH": "1700000000"}
        out = tmp_path / folder
        assert run("package", "wiki", *options, "-d", str(out), cwd=project, env=env).code == 0
        files.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert files[0] == files[1]
    trusted = Keys(ring.rsa.read_bytes())
    signature = verify(files[0][f"{PACKAGE}.prov"], PACKAGE, files[0][PACKAGE], trusted)
    assert signature.time == 1_700_000_000


def test_a_signature_of_a_given_time_leaves_the_package_as_it_is(
    project: Path, ring: Ring, tmp_path: Path
) -> None:
    packages, signatures = set(), set()
    for number, folder in enumerate(("one", "two", "three")):
        out = tmp_path / folder
        at = "1700000000" if number < 2 else "1700000001"
        assert signed(project, ring, "--signed-at", at, "-d", str(out)).code == 0
        packages.add((out / PACKAGE).read_bytes())
        signatures.add((out / f"{PACKAGE}.prov").read_bytes())
    assert (len(packages), len(signatures)) == (1, 2)


def test_without_a_signature_nothing_is_written(project: Path, ring: Ring, tmp_path: Path) -> None:
    ran = signed(project, ring, "-d", str(tmp_path / "none"), stdin="hunter2")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("Error: gpg does not sign: ")
    assert "hunter2" not in ran.err
    assert not (tmp_path / "none").exists()


def test_a_persons_own_gpg_signs_without_a_keyring(project: Path, ring: Ring, tmp_path: Path) -> None:
    env = {"GNUPGHOME": str(ring.home), "CHARTGEN_SIGN": "1", "CHARTGEN_KEY": "rsa3072@example.com"}
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE)
    options = ("-d", str(tmp_path / "own"), "--passphrase-file", str(passphrase))
    assert run("package", "wiki", *options, cwd=project, env=env).code == 0
    prov, packed = ((tmp_path / "own" / name).read_bytes() for name in (f"{PACKAGE}.prov", PACKAGE))
    assert verify(prov, PACKAGE, packed, Keys(ring.public.read_bytes())).signer.startswith("rsa3072 ")


@pytest.mark.parametrize("option", ["--key", "--keyring", "--passphrase-file"])
def test_an_option_that_would_do_nothing_is_refused(option: str, project: Path) -> None:
    ran = run("package", option, "x", cwd=project)
    assert ran == (2, "", f"Error: {option} does nothing without --sign\nadd --sign, or leave it out\n")


def test_a_keyring_that_is_not_there_is_told(project: Path) -> None:
    ran = run("package", "--sign", "--keyring", "nowhere.gpg", cwd=project)
    assert ran == (1, "", "Error: nowhere.gpg: there is no such file\ncheck the path\n")


def test_without_gpg_nothing_is_written(project: Path, ring: Ring, tmp_path: Path) -> None:
    env = {"PATH": str(tmp_path), "CHARTGEN_HELM": "embedded"}
    options = ("--sign", "--keyring", str(ring.secret), "-d", str(tmp_path / "none"))
    ran = run("package", "wiki", *options, cwd=project, env=env)
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("Error: there is no gpg\ninstall GnuPG")
    assert not (tmp_path / "none").exists()
