"""Settings are checked once, and every fault is named."""

import pytest
from pydantic import ValidationError

from evenbeat.core.config import WorkspaceSettings, load_settings, parse_settings
from evenbeat.core.errors import ConfigError


def test_load_settings__missing_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigError, match="evenbeat init"):
        load_settings(tmp_path / "evenbeat.toml")


def test_load_settings__bad_toml(tmp_path):
    (tmp_path / "evenbeat.toml").write_text("[agency\n")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_settings(tmp_path / "evenbeat.toml")


def test_parse_settings__names_every_fault():
    with pytest.raises(ConfigError) as caught:
        parse_settings({"grid": {"cell_size": -5}, "plan": {"boxez": 1}, "modle": {}})
    message = str(caught.value)
    assert "grid.cell_size" in message
    assert "plan.boxez" in message
    assert "modle" in message
    assert "-5" in message


def test_settings__are_frozen_and_have_a_fingerprint():
    settings = WorkspaceSettings()
    with pytest.raises(ValidationError):
        settings.grid = None
    changed = parse_settings({"grid": {"cell_size": 150}})
    assert settings.fingerprint == WorkspaceSettings().fingerprint
    assert settings.fingerprint != changed.fingerprint


def test_parse_settings__repeated_crime_type():
    with pytest.raises(ConfigError, match="repeats"):
        parse_settings({"model": {"crime_types": ["theft", "theft"]}})


def test_load_settings__byte_order_mark_is_accepted(tmp_path):
    path = tmp_path / "evenbeat.toml"
    path.write_text('[agency]\nname = "Ciudad Ñ"\n', "utf-8-sig")
    assert load_settings(path).agency.name == "Ciudad Ñ"
