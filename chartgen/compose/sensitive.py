"""Which variables hold something that must stay hidden, judged by their names."""

from __future__ import annotations

import re

_WORDS = "|".join(
    """PASSWORD PASSWD PASS PASSPHRASE PWD SECRET SECRETS TOKEN APIKEY API_KEY PRIVATE_KEY ACCESS_KEY
    SECRET_KEY ENCRYPTION_KEY SIGNING_KEY MASTER_KEY AUTH_KEY KEY_BASE APP_KEY SALT CREDENTIAL CREDENTIALS
    COOKIE_SECRET LICENSE_KEY AUTHKEY""".split()
)
_SECRET = re.compile(rf"(.*_)?({_WORDS}|(?<!PUBLIC_)KEY)(_BASE64|_B64|_HEX|_?[0-9]+)?", re.IGNORECASE)
# A switch is none, whatever it switches: MYSQL_RANDOM_ROOT_PASSWORD=yes.
_SWITCH = re.compile(r"true|false|yes|no|on|off|none|null|[01]", re.IGNORECASE)
# What somebody else hands out: nothing that is made up here would open their door.
_GIVEN = re.compile(
    r".*(API_?KEY|ACCESS_KEY|CLIENT_SECRET|LICENSE_KEY|OAUTH|AWS|AZURE|GCP|GITHUB|GITLAB|OPENAI|ANTHROPIC|STRIPE|SMTP"
    r"|MAIL|SENTRY|TWILIO|SLACK|DISCORD|TELEGRAM|CLOUDFLARE).*",
    re.IGNORECASE,
)


def is_secret(name: str) -> bool:
    """Whether the value of a variable of this name must stay hidden."""
    return _SECRET.fullmatch(name) is not None and name not in ("PWD", "OLDPWD")


def is_switch(value: str) -> bool:
    """Whether a value is a switch, which hides nothing."""
    return _SWITCH.fullmatch(value) is not None


def is_handed_out(name: str) -> bool:
    """Whether the value comes from somebody else, so that a random one would be of no use."""
    return _GIVEN.fullmatch(name) is not None


def can_be_made(file: str) -> bool:
    """Whether the content of a secret file may be random: not of a certificate or a key pair."""
    return (
        re.search(r"cert|\.pem|\.crt|\.key|tls|ssl|rsa|\.json|\.p12|\.pfx|\.ya?ml|htpasswd", file.lower())
        is None
    )
