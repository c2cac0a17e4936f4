"""What clients read is bound to the rows it is made of, each part of it, in either mode."""

import asyncio

import pytest

from new_services.verify import report
from new_services.verify.repair import repair
from new_services.verify.repair import report as repair_report
from new_services.verify.repair.journal import Journal
from new_services.verify.rows import derived
from new_services.verify.verification import verify

pytestmark = pytest.mark.integration


def _detail(old, new):
    return f"UPDATE document SET detail = {_replaced('detail', old, new)}"


def _item(old, new):
    return f"UPDATE document SET item = {_replaced('item', old, new)}"


def _replaced(column, old, new):
    return f"convert_to(replace(convert_from({column}, 'UTF8'), '{old}', '{new}'), 'UTF8')"


def _body(old, new):
    return f"UPDATE order_document SET body = replace(body, '{old}', '{new}')"


# service, key, the part that is named, what is done
DAMAGE = [
    ("catalog", "3", "detail.description 'a long'", _detail("a long description", "a long")),
    ("catalog", "2", "detail.name 'boat'", _detail('"boot"', '"boat"')),
    ("catalog", "1", "detail.tags.2 ", _detail(',"sale"', "") + " WHERE product_id = 1"),
    ("catalog", "2", "detail.category.name 'Schuhe'",
     _detail("Stiefel", "Schuhe") + " WHERE product_id = 2"),
    ("catalog", "1", "detail.variants.1.stock 3", _detail('"stock":1}', '"stock":3}')),
    ("catalog", "1", "detail.variants.1.price '118.97'", _detail("118.96", "118.97")),
    ("catalog", "2", "detail.price '49.01'",
     _detail('"price":"49.00","list', '"price":"49.01","list')),
    ("catalog", "2", "detail.discontinued 'Y'",
     _detail('"discontinued":"N"', '"discontinued":"Y"') + " WHERE product_id = 2"),
    ("catalog", "1", "detail.weight '1.25 kg'", _detail("1.250 kg", "1.25 kg")),
    ("catalog", "3", "detail …", "UPDATE document SET detail = substr(detail, 1, 30)"
     " WHERE product_id = 3"),
    ("catalog", "1", "detail '\ufffd'", "UPDATE document SET detail = '\\xff'"
     " WHERE product_id = 1"),
    ("catalog", "2", "} '", "UPDATE document SET detail = detail || ' ' WHERE sku = 'P-2'"),
    ("catalog", "2", "detail None", "UPDATE document SET detail = NULL WHERE sku = 'P-2'"),
    ("catalog", "1", "item.stock_text 'In stock'", _item("Only 3 lefts", "In stock")),
    ("catalog", "2", "listed False", "UPDATE document SET listed = false, item = NULL"
     " WHERE product_id = 2"),
    ("catalog", "1", "search_text", "UPDATE document SET search_text = 'tent'"
     " WHERE product_id = 1"),
    ("catalog", "2", "category_code", "UPDATE document SET category_code = 'tents'"
     " WHERE product_id = 2"),
    ("catalog", "1", "name_key", "UPDATE document SET name_key = 'x' WHERE product_id = 1"),
    ("catalog", "1", "price Decimal('110.45')", "UPDATE document SET price = 110.45"
     " WHERE product_id = 1"),
    ("catalog", "1", "created", "UPDATE document SET created = '2020-01-01' WHERE product_id = 1"),
    ("catalog", "1", "sku 'P-2'", "UPDATE document SET sku = 'P-2' WHERE product_id = 1"),
    ("catalog", "3", "None", "DELETE FROM document WHERE sku = 'P-3'"),
    ("catalog", "9", "a document", "INSERT INTO document SELECT 9, 'P-9', listed, detail, item,"
     " category_code, name_key, price, created, search_text FROM document WHERE product_id = 1"),
    ("orders", "1", "body.lines.0.price '110.47'", _body("110.46", "110.47")),
    ("orders", "1", "body.lines.0.qty 4", _body('"qty":3', '"qty":4')),
    ("orders", "2", "body.lines.0.name 'boat'", _body("boot", "boat")),
    ("orders", "2", "body.total '49.01'", _body('"total":"49.00"', '"total":"49.01"')),
    ("orders", "2", "body.po_number 'PO 1'", _body('"PO 17"', '"PO 1"')),
    ("orders", "2", "body.ship.city 'Köln'",
     _body('"city":""', '"city":"Köln"') + " WHERE order_id = 2"),
    ("orders", "2", "body.updated", _body("10:00:00", "10:00:01") + " WHERE order_id = 2"),
    ("orders", "1", "body …", "UPDATE order_document SET body = left(body, 40)"
     " WHERE order_id = 1"),
    ("orders", "1", "email 'bob@example.org'", "UPDATE order_document"
     " SET email = 'bob@example.org' WHERE order_id = 1"),
    ("orders", "2", "po_number None", "UPDATE order_document SET po_number = NULL"
     " WHERE order_id = 2"),
    ("orders", "1", "saga_id 'X'", "UPDATE order_document SET saga_id = 'X' WHERE order_id = 1"),
    ("orders", "1", "status 'SHIPPED'", "UPDATE order_document SET status = 'SHIPPED'"
     " WHERE order_id = 1"),
    ("orders", "2", "None", "DELETE FROM order_document WHERE order_id = 2"),
    ("orders", "1", "a document", "INSERT INTO order_document SELECT 'SO-9', order_id, email,"
     " po_number, saga_id, status, body FROM order_document WHERE order_id = 1"),
    ("orders", "9", "a document", "INSERT INTO order_document SELECT 'SO-9', 9, email,"
     " po_number, saga_id, status, body FROM order_document WHERE order_id = 1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def one_shop(make_shop):
    """For all tests of this module, which leave it as it was: copies are dear."""
    return make_shop()


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "repairs")


def verified(shop, service, deep=False):
    return asyncio.run(verify(shop.settings, lambda text: None, deep=deep, only=[service]))


def broken(found):
    return {(law.database, law.name): law.breaches for law in found.laws if law.breaches}


@pytest.mark.parametrize(("service", "key", "part", "statement"), DAMAGE)
def test_a_document_that_its_rows_do_not_make_is_found_and_mended(
    one_shop, journal, service, key, part, statement
):
    one_shop.execute(service, statement)
    for deep in (False, True):
        found = verified(one_shop, service, deep)
        assert [each for entity in found.entities for each in entity.differences] == []
        (((database, law), (breach,)),) = broken(found).items()
        assert (database, law.split(" its ")[0]) == (service, "a document is what")
        assert breach.key == key
        assert part in (breach.found or "None")
        assert f"BROKEN  {service}: a document" in report.as_text(found)
    (plan,) = asyncio.run(repair.plan(one_shop.settings, found))
    assert key in plan.made_anew
    asyncio.run(repair.apply(one_shop.settings, plan, journal))
    assert verified(one_shop, service, deep=True).differences == 0


def test_a_plain_plan_a_journal_and_its_way_back_name_what_is_derived(one_shop, journal):
    settings = one_shop.settings
    one_shop.execute("catalog", "UPDATE stock SET quantity = 9 WHERE sku = 'P-2-0'")
    one_shop.execute("catalog", "UPDATE document SET name_key = 'x' WHERE product_id = 3")
    (plan,) = asyncio.run(repair.plan(settings, verified(one_shop, "catalog")))
    repaired = "made again from the rows: the documents of product 2, 3"
    assert repaired in repair_report.plans([plan])
    done = asyncio.run(repair.apply(settings, plan, journal))
    assert repaired in repair_report.outcomes([done])
    entry = journal.read(done.id)
    assert entry.made_anew == ("2", "3")
    assert "1 rows of catalog, and the documents of product 2, 3" in repair_report.entries(
        journal.entries()
    )
    undone = asyncio.run(repair.undo(settings, entry, journal))
    assert undone.made_anew == ["2", "3"]
    shown = one_shop.one("catalog", "SELECT convert_from(detail, 'UTF8')::jsonb->>'stock'"
                         " FROM document WHERE product_id = 2")  # fmt: skip
    assert shown == "9"  # as the row that was put back says
    mended = asyncio.run(repair.plan(settings, verified(one_shop, "catalog")))
    asyncio.run(repair.apply(settings, mended[0], journal))


def test_a_journal_of_before_names_nothing_derived(journal, tmp_path):
    (tmp_path / "repairs").mkdir()
    (tmp_path / "repairs" / "old.json").write_text(
        '{"id": "old", "service": "sales", "state": "applied", "at": "", "mends": []}'
    )
    assert journal.read("old").made_anew == ()


def test_documents_that_agree_are_not_written_again(one_shop, journal):
    """A category stands in the documents of all its products; here none of them is wrong."""
    versions = "SELECT string_agg(xmin::text, ',' ORDER BY product_id) FROM document"
    stood = one_shop.one("catalog", versions)
    one_shop.execute("catalog", "UPDATE category SET position = 7 WHERE code = 'boots'")
    (plan,) = asyncio.run(repair.plan(one_shop.settings, verified(one_shop, "catalog")))
    asyncio.run(repair.apply(one_shop.settings, plan, journal))
    assert one_shop.one("catalog", versions) == stood


@pytest.mark.parametrize("deep", [False, True])
def test_documents_are_looked_at_in_pieces(shop, monkeypatch, deep):
    monkeypatch.setattr(derived, "AT_ONCE", 1)
    shop.execute("catalog", "UPDATE document SET name_key = 'x' WHERE product_id <> 2")
    ((_, breaches),) = broken(verified(shop, "catalog", deep)).items()
    assert sorted(each.key for each in breaches) == ["1", "3"]


def test_rows_of_which_nothing_can_be_made_spoil_only_themselves(shop):
    shop.execute("orders", "UPDATE mirror SET fields = fields - 'total' WHERE entity = 'order'"
                           " AND key = '1'")  # fmt: skip
    shop.execute("orders", _body("boot", "boat"))
    for deep in (False, True):
        (breaches,) = [
            found for (_, law), found in broken(verified(shop, "orders", deep)).items()
            if law.startswith("a document")
        ]  # fmt: skip
        assert sorted(each.key for each in breaches) == ["1", "2"]
        assert any("nothing can be made" in each.expected for each in breaches)


@pytest.mark.parametrize("column", ["sold", "returned"])
def test_how_many_lines_count_is_bound_too(shop, column):
    """Without any the report shows no sum, whatever the sum is."""
    shop.execute("sales", f"UPDATE daily SET {column} = {column} + 1 WHERE code = 'boots'")
    assert list(broken(verified(shop, "sales"))) == [
        ("sales", "a day's sales are the sum of its lines")
    ]
