"""Which names and texts say that something is a credential: as people and frameworks write them.

A name is secret in any spelling (`newPassword`, `user[password]`, `PASSWORD_2`), with what says
that it is typed again (`password_confirmation`), and in other languages. It is better to hide a
value too many than to show one.
"""

import re
import unicodedata

MASK = "(secret)"

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ß": "ss", "æ": "ae"})
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W\d_]+")


def _plain(text: str) -> str:
    """Lower case, without accents."""
    apart = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return "".join(sign for sign in apart if unicodedata.category(sign) != "Mn")


# Wherever they stand in a name, also inside of a word.
_ANYWHERE = tuple(
    _plain(word)
    for word in (
        "password", "passwd", "passwort", "kennwort", "passphrase", "passcode", "contraseña",
        "contrasenya", "motdepasse", "palavrapasse", "wachtwoord", "lösenord", "adgangskode",
        "kodeord", "passord", "salasana", "jelszó", "lozinka", "zaporka", "slaptažodis",
        "katasandi", "katakunci", "mậtkhẩu", "пароль", "密码", "密碼", "口令", "パスワード",
        "暗証番号", "비밀번호",
        "סיסמה", "كلمةالمرور", "كلمةالسر", "รหัสผ่าน", "पासवर्ड", "csrf", "xsrf", "apikey",
        "privatekey", "secretkey", "accesskey", "sessionid", "sessid", "viewstate",
        "eventvalidation",
        "codeverifier", "samlresponse", "samlrequest", "samlart", "cardnumber", "creditcard",
        "securitycode", "authorization",
    )
)  # fmt: skip
# Where a name ends with them.
_ENDINGS = (
    "secret", "token", "pwhash", "passhash", "signature", "credential", "assertion", "signingkey",
    "encryptionkey", "authkey", "subscriptionkey", "masterkey", "sharedkey", "sessionkey",
    "verificationcode", "authcode", "authorizationcode", "onetimecode", "recoverycode",
    "backupcode",
    "ccnumber", "cardcode",
)  # fmt: skip
# Where they are the last word of a name.
_LAST = frozenset(
    {"pw", "pwd", "mdp", "senha", "haslo", "heslo", "sifre", "geslo", "parool", "jwt", "otp"}
    | {"totp", "sid", "session", "sess", "auth", "aspxauth", "sig", "cookie", "setcookie", "bearer"}
)
# Only alone: they are ordinary words, too.
_ALONE = frozenset(
    {"pass", "pin", "cvv", "cvc", "csc", "cvn", "clave", "parola", "parole", "cfid", "cakephp"}
    | {"cfclearance", "fetypouser", "betypouser", "apitoken"}
)
_OWNERS = frozenset(
    {"user", "db", "login", "my", "new", "old", "current", "admin", "account", "mail", "smtp"}
    | {"ftp"}
)
_BEGINNINGS = ("remember", "aspnet", "wordpressloggedin", "wordpresssec", "ssess")
# What says that it is typed again, or how it is kept.
_AGAIN = (
    "confirmation", "confirm", "confirmed", "confirmacion", "wiederholung", "bestatigung", "again",
    "repeat", "repeated", "retype", "verify", "verification", "check", "first", "second", "value",
    "hash", "hashed", "encrypted", "plain", "hidden", "field", "input", "hint", "old", "new",
)  # fmt: skip

# A signed token gives itself away, whatever it is called.
_SIGNED = r"eyJ[A-Za-z0-9_-]{6,}\.eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*"
SIGNED = re.compile(_SIGNED)
SIGNED_BYTES = re.compile(_SIGNED.encode())
_ASSIGNMENT = re.compile(
    r"(?P<name>[^\W\d][\w.\-]{1,60})(?P<sign>\\?[\"']?\]?\s*(?:=>|[:=])\s*)"
    r"(?P<value>\\?\"(?:[^\"\\]|\\[^\"])*\\?\"|'[^']*'|[^\s&;,\"'<>{}()\[\]]+)"
)


def is_secret(name: str) -> bool:
    """Whether a field, cookie, header or parameter of this name holds a credential."""
    words = _WORD.findall(_plain(_CAMEL.sub(" ", name)))
    joined = "".join(words)
    if any(word in joined for word in _ANYWHERE) or joined.startswith(_BEGINNINGS):
        return True
    while len(words) > 1 and words[-1] in _AGAIN:
        words.pop()
    joined, last = _without_again("".join(words)), words[-1] if words else ""
    if last == "pass" and words[0] in _OWNERS:
        return True
    return any(
        one in _ALONE or one in _LAST or end in _LAST or one.endswith(_ENDINGS)
        for one, end in ((joined, last), (joined.removesuffix("s"), last.removesuffix("s")))
    )


def _without_again(joined: str) -> str:
    for ending in _AGAIN:
        shorter = joined.removesuffix(ending)
        if shorter != joined and shorter.endswith((*_ENDINGS, "pass", "pwd")):
            return shorter
    return joined


def without_secrets(text: str) -> str:
    """A text without signed tokens, and without what is assigned to a secret name: `token=…`."""
    if "eyJ" in text:
        text = SIGNED.sub(MASK, text)
    return _ASSIGNMENT.sub(_masked, text) if "=" in text or ":" in text else text


def _masked(found: re.Match[str]) -> str:
    if not is_secret(found["name"]):
        return found[0]
    value, quote = found["value"], ""
    for sign in ('\\"', '"', "'"):
        if value.startswith(sign):
            quote = sign
            break
    return f"{found['name']}{found['sign']}{quote}{MASK}{quote}"
