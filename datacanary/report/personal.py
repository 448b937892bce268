"""Which columns hold what is personal or secret, by their names."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = frozenset(
    [
        "email",
        "emails",
        "mail",
        "phone",
        "phones",
        "telephone",
        "mobile",
        "cellphone",
        "msisdn",
        "fax",
        "ssn",
        "nin",
        "iban",
        "pan",
        "cvv",
        "cvc",
        "passport",
        "dob",
        "birthday",
        "birthdate",
        "surname",
        "surnames",
        "firstname",
        "lastname",
        "fullname",
        "forename",
        "nickname",
        "username",
        "login",
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "secret",
        "secrets",
        "token",
        "tokens",
        "apikey",
        "ip",
        "ipaddress",
        "street",
        "address",
        "addresses",
    ]
)
"""A column with one of these words in its name is personal, wherever in the name it stands."""

_PAIRS = frozenset(
    [
        "e_mail",
        "first_name",
        "last_name",
        "middle_name",
        "full_name",
        "given_name",
        "family_name",
        "maiden_name",
        "birth_name",
        "display_name",
        "user_name",
        "contact_name",
        "person_name",
        "customer_name",
        "patient_name",
        "employee_name",
        "account_name",
        "card_holder",
        "birth_date",
        "date_of_birth",
        "birth_day",
        "credit_card",
        "card_number",
        "account_number",
        "bank_account",
        "sort_code",
        "social_security",
        "national_id",
        "tax_id",
        "personal_id",
        "identity_number",
        "driver_license",
        "driving_licence",
        "license_plate",
        "number_plate",
        "api_key",
        "access_key",
        "private_key",
        "session_id",
        "device_id",
        "cookie_id",
        "medical_record",
    ]
)
"""So is one with these words side by side."""

_COUNTING = frozenset(["n", "num", "number_of", "count", "cnt", "has", "is", "was", "total", "share", "rate"])
_COUNTED = frozenset(["count", "cnt", "flag", "valid", "verified", "confirmed", "share", "rate", "length", "opt"])
"""At its beginning, or its end, such a word says that the column counts or marks what is personal."""

_PAIR = re.compile(rf"_(?:{'|'.join(sorted(_PAIRS))})_")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


@lru_cache(maxsize=65_536)
def is_personal(column: str) -> bool:
    """Tell whether a column's values are never shown because of its name.

    >>> [is_personal(one) for one in ("email", "customerEmail", "E-Mail Address", "email_hash", "birth_date")]
    [True, True, True, True, True]
    >>> [is_personal(one) for one in ("has_email", "email_count", "order_id", "name", "product_name", "shipping")]
    [False, False, False, False, False, False]
    """
    parts = [part.lower() for part in _PARTS.findall(column)]
    if not parts or parts[0] in _COUNTING or parts[-1] in _COUNTED:
        return False
    name = f"_{'_'.join(parts)}_"
    return not _WORDS.isdisjoint(parts) or _PAIR.search(name) is not None
