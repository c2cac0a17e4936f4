"""A small monolith: a library's books, on pages and in JSON, and a login.

Run it with `flask --app library run --port 5000`.
"""

from typing import Any

from flask import Flask, abort, jsonify, redirect, request, session, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

app = Flask(__name__)
# The facade in front says who the client is, and whether it came by https.
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)
app.secret_key = "only an example: a real application reads its key from the environment"

MOST = 400
TITLES = ("The Wanderer", "A Field Guide to Mosses", "Tides", "North by Bicycle")
reviews: dict[int, list[str]] = {}


def book_of(number: int) -> dict[str, Any]:
    """The book of a shelf number; 404 for one that no shelf has."""
    if not 1 <= number <= MOST:
        abort(404)
    title = TITLES[number % len(TITLES)]
    return {"number": number, "title": f"{title}, volume {number}", "copies": number % 5 + 1}


@app.get("/")
def home() -> str:
    """The first page says where it stands, as an application does that writes links of its own."""
    return f"<h1>Library</h1><p>This page is {url_for('home', _external=True)}</p>"


@app.get("/books")
def books() -> Response:
    """The first shelf."""
    return jsonify([book_of(number) for number in range(1, 21)])


@app.get("/books/<int:number>")
def book(number: int) -> Response:
    """One book."""
    return jsonify(book_of(number))


@app.post("/books/<int:number>/reviews")
def review(number: int) -> tuple[Response, int]:
    """Write a review; who is logged in signs it."""
    book_of(number)
    reviews.setdefault(number, []).append(
        f"{session.get('name', 'somebody')}: {request.form['text']}"
    )
    return jsonify(reviews[number]), 201


@app.route("/login", methods=["GET", "POST"])
def login() -> str | Response:
    """A name is enough here."""
    if request.method == "POST":
        session["name"] = request.form["name"]
        return redirect(url_for("home"))
    return '<form method="post"><input name="name"><button>Log in</button></form>'


@app.get("/logout")
def logout() -> Response:
    """Forget who it was."""
    session.clear()
    return redirect(url_for("home"))
