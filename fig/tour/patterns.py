"""The ten, in the order of the page. Each breaks what it needs for some seconds, and heals."""

from typing import Final

from fig.tour.pattern import GOODS, LEGACY, ORDERS, Pattern, Step, down, gone

PRODUCT: Final = "/api/products/SHO-10466"
STOCK: Final = "/api/stock/SHO-10466-BLUE-40"
MAILS: Final = "/mails?count=5"
PLACED: Final = r"20[12] (SO-|pending).*side=new"

PATTERNS: Final = (
    Pattern(
        "client-server",
        "Client-server",
        "Many clients need the same data, so one program keeps it and answers requests.",
        watch=(Step("get /api/categories --from legacy", "legacy: 200"),),
        broken=(
            down("legacy", 4),
            Step("get /api/categories --from legacy --until failed", "no answer"),
            Step("get /api/categories --from legacy --until 200", "legacy: 200"),
        ),
    ),
    Pattern(
        "microservices",
        "Microservices with a registry",
        "Parts that are changed and started apart must find each other, whatever their addresses.",
        watch=(Step("services", r"catalog +http.*ready"), Step(f"get {PRODUCT}", "200.*side=new")),
        broken=(
            down("catalog", 4),
            Step(f"get {PRODUCT} --until side=legacy", "200.*side=legacy.*stage=new"),
            Step(f"get {PRODUCT} --until side=new", "200.*side=new"),
            Step("services", r"catalog +http.*ready"),
        ),
        stages=GOODS,
    ),
    Pattern(
        "event-driven",
        "Event-driven",
        "Others must learn of a change without being called by the service that makes it.",
        watch=(Step("lag", r"inventory +\d"),),
        broken=(
            down("feed", 6),
            gone("feed"),
            Step("order", "201 SO-"),
            Step(f"get {STOCK} --from inventory", "inventory: 200"),
            Step(f"get {STOCK} --from inventory --until same:legacy", "inventory: 200"),
        ),
    ),
    Pattern(
        "cqrs",
        "CQRS",
        "What is good to write (rows, rules) is not what is good to read (whole documents).",
        watch=(Step("order", "201 SO-.*(.|\n)*read back: 200"), Step("lag", r"orders +\d")),
        broken=(
            down("feed", 6),
            gone("feed"),
            Step("order", "201 SO-.*(.|\n)*read back: 200"),
            Step("get /api/orders/ORDER --customer --until side=new", "200.*side=new"),
        ),
        stages=ORDERS,
    ),
    Pattern(
        "saga",
        "Saga",
        "One order changes several databases, and no transaction spans them.",
        watch=(Step("order --wait", PLACED), Step("saga SAGA", "place-order SAGA: done")),
        broken=(
            down("legacy", 6),
            gone("legacy", "/healthz"),
            Step("order", "202 pending"),
            Step("saga SAGA", "waits for legacy"),
            Step("get /api/order-requests/SAGA --customer --until DONE", "order_no"),
            Step("saga SAGA", r"place-order SAGA: done(.|\n)*attempt"),
        ),
        stages=ORDERS,
    ),
    Pattern(
        "sidecar",
        "Sidecar",
        "A program that must not be changed needs recording, measuring or faults all the same.",
        watch=(
            Step("sidecar on", "the sidecar runs"),
            Step("get /api/categories", "facade: 200"),
            Step("sidecar status", "GET /api/categories"),
        ),
        broken=(
            Step('sidecar fault "GET /api/categories" --reset before', "reset before"),
            Step("get /api/categories", "facade: 502", code=1),
            Step("sidecar off", "the sidecar is off"),
            Step("get /api/categories --until 200", "facade: 200"),
        ),
        off=("sidecar off",),
    ),
    Pattern(
        "strangler-fig",
        "Strangler fig",
        "An old system cannot be replaced at once, and must not stand still meanwhile.",
        watch=(
            Step(f"explain GET {PRODUCT}", "legacy"),
            Step("flip product-detail shadow", "legacy → shadow"),
            Step(f"get {PRODUCT} --times 5", "5 x 200 side=legacy"),
            Step("compare product-detail", "product-detail +shadow", code=None),
        ),
        broken=(
            Step("flip product-detail canary 25", "pairs|shadow → canary", code=None),
            Step("flip product-detail legacy --walk", "→ legacy"),
            Step(f"get {PRODUCT}", "200.*side=legacy"),
        ),
        stages={"product-detail": LEGACY},
    ),
    Pattern(
        "circuit-breaker",
        "Circuit breaker",
        "Calls to a server that is ill cost the caller its time, and the server its recovery.",
        watch=(
            Step("get /api/categories --times 5", "5 x 200"),
            Step("status", "facade toward .*legacy"),
        ),
        broken=(
            down("legacy", 10),
            gone("legacy", "/healthz"),
            Step("get /api/categories --times 60", "x 503", code=1),
            Step("status", "facade toward legacy: read (half-)?open", code=None),
            Step("get /api/categories --until 200 --times 20", "200"),
        ),
    ),
    Pattern(
        "api-gateway",
        "API gateway",
        "Clients should know one address; no service should have to check each client by itself.",
        watch=(
            Step("get /api/orders --from orders", "orders: 401", code=1),
            Step("get /api/orders --customer", "facade: 200"),
        ),
        broken=(
            down("facade", 3),
            Step("get /api/categories --until failed", "facade: no answer"),
            Step("get /api/categories --from legacy", "legacy: 200"),
            Step("get /api/categories --until 200", "facade: 200"),
        ),
    ),
    Pattern(
        "publish-subscribe",
        "Publish-subscribe",
        "A publisher must not know its subscribers, wait for them or fail with them.",
        watch=(
            Step("order --wait", PLACED),
            Step(f'get "{MAILS}" --from notifications --until ORDER', "notifications: 200"),
            Step("events", "all take events"),
        ),
        broken=(
            down("notifications", 5),
            gone("notifications"),
            Step("order --wait", PLACED),
            Step(f'get "{MAILS}" --from notifications --until ORDER', "notifications: 200"),
            Step("deadletters", "no"),
        ),
        stages=ORDERS,
    ),
)
NAMES: Final = tuple(one.name for one in PATTERNS)
