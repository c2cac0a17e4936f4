"""A tiny monolith, run as a script: `python server.py [WORD]`. WORD makes some answers differ.

It prints its port, and says how often it was asked for a path (`/count?of=/orders`), so that a
test can tell whether a fault struck before or behind it.
"""

import json
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

asked: Counter[str] = Counter()
go_on = threading.Event()  # a client that has seen an event asks for the next: `/go-on`
word = sys.argv[1] if len(sys.argv) > 1 else ""


class Shop(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # One packet for an answer: else the client's delayed acknowledgement costs 40 ms.
    wbufsize = -1

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self._answer()

    def handle_expect_100(self) -> bool:
        went = super().handle_expect_100()
        self.wfile.flush()
        return went

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        asked[parts.path] += 1
        if parts.path == "/events":
            self._events()
            return
        if parts.path == "/go-on":
            go_on.set()
        if parts.path == "/dies":
            self.close_connection = True
            return
        body: dict[str, object] = {"path": parts.path, "name": self.headers.get("x-request-id")}
        if parts.path == "/count":
            body = {"count": asked[parse_qs(parts.query)["of"][0]]}
        elif parts.path.startswith("/items/"):
            body = {"sku": parts.path[7:], "price": "10.00", "stock_text": "Only 1 lefts"}
            if word and parts.path.endswith("7"):
                body["price"] = "10.01"
            if word and parts.path.endswith("8"):
                body["stock_text"] = "Only 1 left"
        elif parts.path == "/login":
            body = {"ok": "Y", "access_token": "sekret-token"}
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if parts.path == "/login":
            self.send_header("Set-Cookie", "session=sekret-session; Path=/")
        self.end_headers()
        self.wfile.write(data)

    def _events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        go_on.clear()
        for number in range(3):
            self.wfile.write(b"data: %d\n\n" % number)
            self.wfile.flush()
            go_on.wait(20)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()
