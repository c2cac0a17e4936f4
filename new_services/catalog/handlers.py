"""What the staff change: a form becomes a saga, once for each key, waited for a moment. And the
stock as the inventory publishes it, once legacy's log is no source of it any more.
"""

import asyncpg
from pydantic import BaseModel

from chassis.events.inbox import Handlers, Several, Together
from chassis.ownership.closed.followed import closed
from chassis.saga.replies import Person, started
from chassis.saga.starting import Starter
from chassis.web.internal import Reply
from contracts.events.owned import OrdersClosed, StockChanged
from contracts.feed.entities import STOCK
from contracts.feed.facts import Stored
from new_services.catalog import projections
from new_services.catalog.articles.form import ArticleForm, BadArticle, read_article
from new_services.catalog.saga import saving

BAD_INPUT = {"error": "bad input"}  # a text that legacy's database cannot hold


class Save(BaseModel):
    """A product's form, and who sent it."""

    person: Person
    sku: str
    form: ArticleForm


async def save(starter: Starter, key: str, body: bytes) -> Reply:
    """The form under this key. Raises Problem, ValidationError."""
    asked = Save.model_validate_json(body)
    try:
        wanted = read_article(asked.sku.upper().replace("\0", ""), asked.form)
    except BadArticle as error:
        return 400, {"problem": str(error)}
    if "\0" in (wanted.name or ""):
        return 400, BAD_INPUT
    return await started(starter, saving(key, asked.person.customer, wanted))


async def stock(connection: asyncpg.Connection, several: Several) -> None:
    """So much is left of some variants."""
    facts = [
        Stored(
            STOCK, event.sku, {"sku": event.sku, "quantity": event.pieces}, (event.lsn, event.seq)
        )
        for event, _ in several
    ]
    await projections.apply(connection, facts)


HANDLERS: Handlers = {StockChanged: Together(stock), OrdersClosed: closed}
