"""What replaces the library's books: one page of it, as a service of its own.

Run it with `flask --app books run --port 7000`.
"""

from flask import Flask, jsonify
from werkzeug.wrappers import Response

app = Flask(__name__)

SHELVES = range(1, 401)
SERIES = ("The Wanderer", "A Field Guide to Mosses", "Tides", "North by Bicycle")


@app.get("/books/<int:number>")
def book(number: int) -> tuple[Response, int]:
    """One book, spelled as the library spells it."""
    if number not in SHELVES:
        return jsonify({"error": "no such book"}), 404
    title = f"{SERIES[number % len(SERIES)]}, volume {number}"
    return jsonify({"number": number, "title": title, "copies": number % 5 + 1}), 200
