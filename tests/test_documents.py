"""What documents say is what the code says."""

import importlib.util
import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_parameters_page__is_what_the_declarations_say():
    spec = importlib.util.spec_from_file_location(
        "write_parameters", ROOT / "scripts" / "write_parameters.py"
    )
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    assert writer.PAGE.read_text("utf-8") == writer.page()


def test_deploy_page__has_every_setting_of_the_service():
    spec = importlib.util.spec_from_file_location(
        "write_service_settings", ROOT / "scripts" / "write_service_settings.py"
    )
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    text = writer.DOCUMENT.read_text("utf-8")
    assert text == writer.whole(text)
    assert "| `OIDC_ISSUER` |" in text


def test_packages__every_folder_of_code_is_installed():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    found = {
        "evenbeat." + ".".join(path.parent.relative_to(ROOT).parts)
        for top in ("core", "tile_server")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert set(declared["packages"]) == found


def test_constraints__name_no_address():
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_dependencies__each_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text()
    block = text.split("dependencies = [", 1)[1].split("[project.scripts]", 1)[0]
    for line in block.splitlines():
        if line.strip().startswith('"'):
            assert "#" in line, f"no reason beside {line.strip()}"


def test_changelog__names_the_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"version={version}" in (ROOT / "metadata.txt").read_text("utf-8")
