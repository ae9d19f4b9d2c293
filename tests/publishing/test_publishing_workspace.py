"""Publish and retract by the commands, from a workspace to a real object store."""

import json
import shutil
import tomllib

import pytest
from click.testing import CliRunner
from publishing.test_upload import check_whole

from evenbeat.core.cli.main import group
from evenbeat.core.config import parse_settings
from evenbeat.core.errors import ConfigError
from evenbeat.core.pipeline.daily import run_daily
from evenbeat.core.store.manifest import read_manifest
from evenbeat.core.store.remote.objects import Objects
from tests.agency_day import FORECAST_DAY, context_of

pytestmark = [pytest.mark.slow, pytest.mark.object_store]
DAY = str(FORECAST_DAY)


def run(*arguments, code=0):
    result = CliRunner().invoke(group, [str(one) for one in arguments])
    assert result.exit_code == code, result.output
    return result.output


def entries(root, action):
    return [entry for entry in context_of(root).workspace.audit.entries() if entry.action == action]


def test_publish_and_retract__by_hand_with_the_copy(finished_copy, url):
    root = finished_copy
    publish = ("publish", "-w", root, "--date", DAY)
    assert f"Copy: {url}, " in run(*publish, "--to", url)
    assert check_whole(url) == read_manifest(root / "published")
    assert "Already published" in run(*publish, "--to", url)
    settings = (root / "evenbeat.toml").read_text()
    (root / "evenbeat.toml").write_text(f'{settings}\n[publish]\nurl = "{url}"\n')
    assert "Already published" in run(*publish)  # where copies go changes no run
    secret = "a pseudonym was in the export"
    take = ("publish", "-w", root, "--retract", DAY, "--layer", "priority", "--shift", "night")
    assert "needs a reason" in run(*take, code=9)
    told = run(*take, "--reason", secret, "--category", "privacy")
    assert f"Retracted: priority, {DAY}, night" in told
    assert f"taken out of {url}" in told
    assert [one.layer for one in check_whole(url).retractions] == ["priority"]
    (entry,) = entries(root, "retract")
    detail = json.loads(entry.detail)
    assert (detail["reason"], detail["category"]) == (secret, "privacy")
    public = Objects(url).read("manifest.json").content.decode()
    assert secret not in public
    assert entry.actor not in public
    daily = json.loads(run("daily", "-w", root, "--date", DAY, "--json"))
    assert f"not published, because it was retracted: priority, {DAY}, night" in daily["notes"]
    assert daily["copy_url"] == url
    assert "night" not in check_whole(url).layers["priority"].dates[DAY]
    run(*publish, "--force")
    assert "night" in check_whole(url).layers["priority"].dates[DAY]
    assert len(entries(root, "upload")) == 3


def test_publish__a_store_that_refuses_is_said_and_the_folder_stands(
    finished_copy, url, monkeypatch
):  # fmt: skip
    shutil.rmtree(finished_copy / "published")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    told = run("publish", "-w", finished_copy, "--date", DAY, "--to", url, code=9)
    assert "AWS_SECRET_ACCESS_KEY" in told
    assert read_manifest(finished_copy / "published").dates == [DAY]
    assert "s3://bucket/prefix" in run("publish", "-w", finished_copy, "--date", DAY, "--to", "x",
                                       code=9)  # fmt: skip
    assert run_daily(context_of(finished_copy), FORECAST_DAY).copy_url is None


@pytest.mark.parametrize("wrong", ["https://host/x", "s3://", "s3://UPPER/x", "s3://bucket/a b"])
def test_settings__the_address_of_the_copy_is_checked(wrong):
    with pytest.raises(ConfigError, match=r"publish\.url"):
        parse_settings(tomllib.loads(f'[publish]\nurl = "{wrong}"'))
