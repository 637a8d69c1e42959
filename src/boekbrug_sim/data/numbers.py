"""Numbers with valid check digits for people and companies that do not exist."""


def dutch_vat_number(serial: int) -> str:
    """A Dutch VAT number whose nine digits pass the eleven test."""
    base = 100_000_00 + serial
    while True:
        digits = f"{base:08d}"
        check = sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
        if check < 10:
            return f"NL{digits}{check}B01"
        base += 50_000_000


def belgian_vat_number(serial: int) -> str:
    """A Belgian enterprise number with its two check digits."""
    base = 4_000_000 + serial
    return f"BE0{base:07d}{97 - base % 97:02d}"


def german_vat_number(serial: int) -> str:
    """A German VAT number with its check digit (ISO 7064, mod 11, 10)."""
    digits = f"{10_000_000 + serial:08d}"
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = 2 * total % 11
    return f"DE{digits}{(11 - product) % 10}"


def chamber_number(serial: int) -> str:
    """A chamber of commerce number of eight digits."""
    return f"{30_000_000 + serial:08d}"


def dutch_iban(serial: int, bank: str = "INGB") -> str:
    """A Dutch IBAN whose account number passes the eleven test."""
    base = serial + 1
    while True:
        digits = f"{base:09d}"
        total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=True))
        check = -total % 11
        if check < 10:
            return _iban("NL", f"{bank}{digits}{check}")
        base += 500_000_000


def belgian_iban(serial: int) -> str:
    """A Belgian IBAN with the national check digits."""
    base = 5_230_000_000 + serial
    return _iban("BE", f"{base}{base % 97 or 97:02d}")


def structured_message(number: int) -> str:
    """A Belgian structured payment reference with its check digits."""
    digits = f"{number:010d}{number % 97 or 97:02d}"
    return f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"


def _iban(country: str, account: str) -> str:
    figures = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    return f"{country}{98 - int(figures) % 97:02d}{account}"
