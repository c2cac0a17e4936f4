"""The tables of each domain at the monolith. Data."""

from dataclasses import dataclass

from contracts.cutover import ECHO, STOCK_FEED


@dataclass(frozen=True, slots=True)
class Domain:
    """`tables` in the order in which they are locked: what the monolith's transactions touch first
    comes first. `sequences`: by the name that the number is handed over under."""

    name: str
    tables: tuple[str, ...]
    sequences: tuple[tuple[str, str], ...] = ()
    feed: str = ""  # the name of the reverse feed, where a domain has one beside its own

    @property
    def fed_as(self) -> str:
        """The reverse feed's row in `fig.applied`."""
        return self.feed or self.name

    @property
    def origin(self) -> str:
        """The replication origin of what the reverse feed writes."""
        return f"{ECHO}{self.fed_as}"


GOODS = Domain("goods", ("product", "variant", "category"))

ACCOUNTS = Domain("accounts", ("customer",), (("customer_id", "customer_id_seq"),))

# The stock first: each order of the monolith's touches it first.
ORDERS = Domain(
    "orders",
    ("stock", "orders", "order_line", "payment", "stock_movement"),
    (("order_id", "orders_id_seq"), ("order_no", "order_no_seq")),
)
# The inventory writes the stock itself, beside the orders service.
STOCK = Domain("orders", ORDERS.tables, feed=STOCK_FEED)
