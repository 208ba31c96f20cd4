import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from config import env, mail


def send(subject: str) -> None:
    connection = get_connection("config.mail.MailboxBackend")
    message = EmailMultiAlternatives(
        subject, "In words", "us@market.example", ["you@market.example"], connection=connection
    )
    message.attach_alternative("<p>In <b>colour</b></p>", "text/html")
    message.send()


def test_letters_are_kept_newest_first_and_not_for_ever(monkeypatch):
    monkeypatch.setattr(mail, "KEPT", 2)

    for number in range(4):
        send(f"Letter {number}")

    kept = [path.read_text() for path in mail.letters()]
    assert ["Letter 3" in kept[0], "Letter 2" in kept[1], len(kept)] == [True, True, 2]


def test_the_mailbox_page_shows_them(client, settings):
    settings.ROOT_URLCONF = "tests.config.mail_urls"
    send("Your receipt")

    listing = client.get("/dev/mail/")
    name = mail.letters()[0].stem
    html = client.get(f"/dev/mail/{name}/?part=html")

    assert b"Your receipt" in listing.content
    assert html.content.endswith(b"<p>In <b>colour</b></p>")
    assert "sandbox" in html["Content-Security-Policy"]
    assert client.get("/dev/mail/..%2f..%2fsecrets/").status_code == 404


@pytest.mark.parametrize(
    ("url", "backend", "found"),
    [
        (
            "smtp+tls://me:p%40ss@mail.example",
            "smtp",
            {"EMAIL_PORT": 587, "EMAIL_USE_TLS": True, "EMAIL_HOST_PASSWORD": "p@ss"},
        ),
        ("smtps://mail.example:1465", "smtp", {"EMAIL_PORT": 1465, "EMAIL_USE_SSL": True}),
        ("postmark://KEY", "postmark", {"ANYMAIL": {"POSTMARK_SERVER_TOKEN": "KEY"}}),
        (
            "mailgun://KEY@mg.market.example",
            "mailgun",
            {"ANYMAIL": {"MAILGUN_API_KEY": "KEY", "MAILGUN_SENDER_DOMAIN": "mg.market.example"}},
        ),
    ],
)
def test_an_address_names_a_server_or_a_provider(url, backend, found):
    settings = mail.settings_from(url)

    assert backend in settings["EMAIL_BACKEND"]
    assert {name: settings[name] for name in found} == found


def test_an_unknown_kind_of_mail_is_refused():
    with pytest.raises(env.Misconfigured, match="EMAIL_URL"):
        mail.settings_from("pigeon://loft")
