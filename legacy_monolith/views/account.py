"""Login, logout, register."""

import re

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from legacy_monolith import access
from legacy_monolith.clock import now
from legacy_monolith.database import db
from legacy_monolith.models import Customer
from legacy_monolith.passwords import hashed

blueprint = Blueprint("account", __name__)

EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,120}\.[^@\s]{2,15}")
SHORTEST_PASSWORD = 8
FIELDS = {"email": 200, "name": 100, "street": 200, "zip": 20, "city": 100}


@blueprint.route("/login", methods=["GET", "POST"])
@access.csrf_checked
def login() -> ResponseReturnValue:
    email = request.form.get("email", "")
    target = _own_path(request.values.get("next", ""))
    problem = None
    if request.method == "POST":
        found = access.check_login(email, request.form.get("password", ""))
        if found is not None:
            access.log_in(found)
            return redirect(target or url_for("shop.home", ok="hello"))
        problem = "This e-mail address and password do not go together."
    return render_template("login.html", problem=problem, email=email, next=target)


@blueprint.post("/logout")
@access.csrf_checked
def logout() -> ResponseReturnValue:
    access.log_out()
    return redirect(url_for("shop.home", ok="bye"))


@blueprint.route("/register", methods=["GET", "POST"])
@access.csrf_checked
def register() -> ResponseReturnValue:
    form = {name: request.form.get(name, "").strip() for name in FIELDS}
    problem = None
    if request.method == "POST":
        problem = _problem(form, request.form.get("password", "")) or _create(form)
        if problem is None:
            return redirect(url_for("shop.home", ok="welcome"))
    return render_template("register.html", problem=problem, form=form)


def _problem(form: dict[str, str], password: str) -> str | None:
    if not EMAIL.fullmatch(form["email"]):
        return "This is no e-mail address."
    if not form["name"]:
        return "Please tell us your name."
    if len(password) < SHORTEST_PASSWORD:
        return f"The password needs at least {SHORTEST_PASSWORD} characters."
    if any(len(form[name]) > longest for name, longest in FIELDS.items()):
        return "One of the fields is too long."
    return None


def _create(form: dict[str, str]) -> str | None:
    """Write the customer and log them in; gives the problem, if any."""
    fields = {**form, "email": form["email"].lower()}
    made = Customer(
        **fields,
        pw_hash=hashed(request.form["password"]),
        is_admin="N",
        country="DE",
        created=now(),
    )
    db().add(made)
    try:
        db().commit()
    except IntegrityError:
        db().rollback()
        return "There is an account with this e-mail address already."
    access.log_in(made)
    return None


def _own_path(target: str) -> str:
    """Only a path of this shop; an address elsewhere would make us a fisherman's friend."""
    plain = target.startswith("/") and not target.startswith("//")
    return target if plain and target.isprintable() and "\\" not in target else ""
