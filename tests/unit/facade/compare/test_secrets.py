"""Names of credentials as people and frameworks write them; and ordinary words that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facade.compare.secrets import MASK, is_secret, without_secrets

SECRET = """
password Password PASSWORD passwd pass pw pwd passphrase passcode userPassword
user_password user-pass db_pass newPass password1 password_2 passwords
new_password old_password_hash pwhash password_confirmation passwordConfirm
confirmPassword password-again repeat_password password_repeat retypePassword
plainPassword user[plainPassword][first] user[password] user.password
passwordHash Passwort Kennwort passwort_wiederholung contraseña contrasena
confirmar_contraseña clave mot_de_passe motDePasse mdp senha palavra_passe
confirmar_senha wachtwoord lösenord losenord adgangskode kodeord passord
salasana hasło haslo heslo jelszó parola lozinka şifre пароль 密码 密碼 パスワード 비밀번호
סיסמה รหัสผ่าน mật_khẩu token access_token refreshToken id_token x-auth-token
csrf_token tokens api_key apiKey X-Api-Key apikey client_secret clientSecret
secret secrets private_key aws_secret_access_key signing_key
Ocp-Apim-Subscription-Key authorization jwt otp totp pin pin2 cvv cvc cvv2
card_number cardNumber security_code signature X-Amz-Signature sig
X-Amz-Credential code_verifier SAMLResponse verification_code recovery_codes
session sid sessionid JSESSIONID PHPSESSID ASP.NET_SessionId
.AspNetCore.Identity.Application .AspNet.ApplicationCookie .ASPXAUTH connect.sid
express:sess koa.sess laravel_session ci_session _myapp_session _gitlab_session
rack.session next-auth.session-token XSRF-TOKEN _csrf csrftoken
csrfmiddlewaretoken authenticity_token __RequestVerificationToken __VIEWSTATE
__EVENTVALIDATION remember_me remember_user_token remember_web_59ba36addc2b2f94
wordpress_logged_in_a1b2 CAKEPHP SSESS3f0a cf_clearance CFTOKEN sessions cookie
"""

ORDINARY = """
name email address city passenger compass passage bypass passed pass_rate
boarding_pass ski_passes secretary token_count token_type tokenizer pinned
pincode pinterest spin opinion keyboard key keys monkey sku price total code zip
category authored author authors author_id signed signatures_count sidebar side
inside residence considered session_count sessions_total cardinality cardigan
card hash tags tag words
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_secret(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize("name", ORDINARY.split())
def test_ordinary(name: str) -> None:
    assert not is_secret(name)


@given(st.text(max_size=60))
def test_any_name_is_one_or_the_other(name: str) -> None:
    assert is_secret(name) in (True, False)
    assert isinstance(without_secrets(name), str)


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "text",
    [
        "token=hunter2", "password: hunter2", 'password = "hunter2"', "pwd='hunter2'",
        "a=1&access_token=hunter2&b=2", '{"password": "hunter2"', "password => hunter2",
        'login(password: "hunter2")', r'{\"password\":\"hunter2\"}', "Kennwort: hunter2",
    ],
)  # fmt: skip
def test_an_assignment_in_a_text(text: str) -> None:
    clean = without_secrets(text)
    assert "hunter2" not in clean
    assert MASK in clean


@pytest.mark.parametrize("text", ["total: 12", "a=1&b=2", "http://a/b?c=d", "12:30", "x = y"])
def test_other_texts_stay(text: str) -> None:
    assert without_secrets(text) == text


def test_a_signed_token_by_itself() -> None:
    assert without_secrets(f"see /reset/{JWT} now") == f"see /reset/{MASK} now"
