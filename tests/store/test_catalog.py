"""The static STAC catalog: valid by the STAC schemas, and every link leads somewhere."""

import datetime as dt
import hashlib
import json
from pathlib import Path

import published_city as city
import pystac
import pytest
from pystac import STACObjectType
from pystac.errors import STACValidationError
from pystac.serialization import identify_stac_object
from pystac.validation import JsonSchemaSTACValidator

from evenbeat.core.store.publication import publish_day

YESTERDAY = city.DATE - dt.timedelta(days=1)


@pytest.fixture(scope="module")
def target(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    publish_day(folder, **city.arguments(date=YESTERDAY, run_id="run-y", seed=2))
    publish_day(folder, **city.arguments())
    return folder


def documents(folder):
    return [*folder.rglob("catalog.json"), *folder.glob("catalog/*/*.json"),
            *folder.rglob("collection.json"), *folder.rglob("item.json")]  # fmt: skip


def test_catalog__valid_by_the_stac_schemas(target):
    validator = JsonSchemaSTACValidator()
    checked = set()
    for path in documents(target):
        document = json.loads(path.read_text("utf-8"))
        kind = identify_stac_object(document).object_type
        # The core schemas come with pystac; those of extensions would be fetched.
        validator.validate_core(document, kind, document["stac_version"])
        checked.add(kind)
    assert checked == set(STACObjectType)


def test_catalog__the_schemas_would_find_a_fault(target):
    document = json.loads(next(target.rglob("item.json")).read_text("utf-8"))
    del document["properties"]["datetime"]
    with pytest.raises(STACValidationError):
        JsonSchemaSTACValidator().validate_core(document, STACObjectType.ITEM, "1.1.0")


def test_catalog__every_link_leads_to_a_file(target):
    links = 0
    for path in documents(target):
        document = json.loads(path.read_text("utf-8"))
        for link in [*document["links"], *document.get("assets", {}).values()]:
            assert (path.parent / link["href"]).is_file(), (path, link)
            links += 1
    assert links > 100


def test_catalog__walked_by_pystac(target):
    catalog = pystac.Catalog.from_file(str(target / "catalog.json"))
    items = list(catalog.get_items(recursive=True))
    assert len(items) == 2 * (len(city.CRIME_TYPES) + 1) * 3
    assert {item.properties["evenbeat:run_id"] for item in items} == {"run-a", "run-y"}
    item = next(item for item in items if item.id == "risk-robbery-2017-01-03-night")
    assert item.get_collection().id == "risk-robbery"
    assert item.common_metadata.start_datetime == dt.datetime(2017, 1, 4, 5, tzinfo=dt.UTC)
    assert item.common_metadata.end_datetime == dt.datetime(2017, 1, 4, 13, tzinfo=dt.UTC)
    asset = item.assets["cog"]
    content = Path(asset.get_absolute_href()).read_bytes()
    assert asset.extra_fields["file:size"] == len(content)
    assert asset.extra_fields["file:checksum"] == "1220" + hashlib.sha256(content).hexdigest()


def test_catalog__says_what_risk_is_not(target):
    collection = json.loads((target / "risk-robbery" / "collection.json").read_text())
    assert "not a probability, not a score" in collection["description"]
    assert collection["extent"]["temporal"]["interval"] == [
        ["2017-01-02T13:00:00Z", "2017-01-04T13:00:00Z"]
    ]


def test_catalog__older_pointers_stay_whole(tmp_path):
    publish_day(tmp_path, **city.arguments(date=YESTERDAY, run_id="run-y", seed=2))
    held = tmp_path / "held.json"
    held.write_bytes((tmp_path / "catalog.json").read_bytes())
    publish_day(tmp_path, **city.arguments())
    dates = {
        item.properties["evenbeat:service_date"]
        for item in pystac.Catalog.from_file(str(held)).get_items(recursive=True)
    }
    assert dates == {str(YESTERDAY)}
