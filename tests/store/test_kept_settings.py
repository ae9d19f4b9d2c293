"""Settings as they were, by their fingerprint."""

import pytest

from evenbeat.core.config import parse_settings
from evenbeat.core.errors import AuditError
from evenbeat.core.store.kept_settings import keep_settings, kept_settings, restore_overrides

DOCUMENT = {"shifts": {"starts": {"night": "00:00", "day": "08:00", "evening": "16:00"}}}


def test_kept_settings__are_the_same_in_the_same_order(tmp_path):
    settings = parse_settings(DOCUMENT)
    keep_settings(tmp_path, settings, {})
    again = kept_settings(tmp_path, settings.fingerprint)
    assert again == settings
    assert list(again.shifts.starts) == ["night", "day", "evening"]


def test_kept_settings__a_changed_copy_is_refused(tmp_path):
    settings = parse_settings(DOCUMENT)
    keep_settings(tmp_path, settings, {})
    path = next((tmp_path / "data" / "settings").glob("*.json"))
    path.write_text(path.read_text("utf-8").replace("08:00", "09:00"), "utf-8")
    with pytest.raises(AuditError, match="backup"):
        kept_settings(tmp_path, settings.fingerprint)
    with pytest.raises(AuditError, match="backup"):
        kept_settings(tmp_path, "0" * 64)


def test_restore_overrides__only_what_the_hash_says(tmp_path):
    from evenbeat.core.store.files import sha256_file

    (tmp_path / "tactics.csv").write_text("id,name\n", "utf-8")
    digest = sha256_file(tmp_path / "tactics.csv")
    keep_settings(tmp_path, parse_settings({}), {"tactics.csv": digest})
    (tmp_path / "tactics.csv").write_text("changed", "utf-8")
    target = tmp_path / "target"
    target.mkdir()
    restore_overrides(tmp_path, {"tactics.csv": digest}, target)
    assert (target / "tactics.csv").read_text("utf-8") == "id,name\n"
    copy = next((tmp_path / "data" / "settings").glob("*tactics.csv"))
    copy.write_text("tampered", "utf-8")
    with pytest.raises(AuditError, match=r"tactics\.csv"):
        restore_overrides(tmp_path, {"tactics.csv": digest}, target)
