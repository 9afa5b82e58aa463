"""One-time codes of RFC 6238 (SHA-1, six digits, thirty seconds), as every authenticator program makes them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pyotp
from django.utils import timezone

SECONDS: Final = 30
TOLERANCE: Final = 1
"""Steps by which a phone's clock may be off."""


def new_secret() -> str:
    """160 random bits in base 32."""
    return pyotp.random_base32()


def address(secret: str, email: str, issuer: str) -> str:
    """The otpauth:// address that a phone reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def step_of(secret: str, code: str, at: datetime | None = None) -> int | None:
    """The time step whose code this is, or None; a clock may be off by one step."""
    totp, now = pyotp.TOTP(secret), int((at or timezone.now()).timestamp()) // SECONDS
    digits = "".join(code.split())
    for step in (now, *(now + sign * off for off in range(1, TOLERANCE + 1) for sign in (-1, 1))):
        if pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            return step
    return None
