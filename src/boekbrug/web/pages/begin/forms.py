"""What the first visit asks: the institute's name, an e-mail address and a password."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from boekbrug.store.set_up import FirstPerson

_WEAK = {
    "password_too_short": _("Dit wachtwoord is te kort: het moet ten minste 8 tekens hebben."),
    "password_too_common": _("Dit wachtwoord wordt te vaak gebruikt en is snel geraden."),
    "password_too_similar": _("Dit wachtwoord lijkt te veel op uw e-mailadres."),
}
"""Why a password is too weak, in our words: Django's are not all translated, and say "u" nowhere."""


class BeginForm(forms.Form):
    """The institute, its beheerder, and a password by the same rules as everybody's."""

    organisation = forms.CharField(label=_("Naam van uw instituut"), max_length=100)
    mail = forms.EmailField(label=_("Uw e-mailadres"), max_length=254)
    password = forms.CharField(label=_("Wachtwoord"), max_length=128, strip=False)
    again = forms.CharField(label=_("Wachtwoord nog een keer"), max_length=128, strip=False)

    def clean_password(self) -> str:
        """The password, when it is strong enough and unlike the address."""
        password = str(self.cleaned_data["password"])
        try:
            validate_password(password, get_user_model()(email=self.cleaned_data.get("mail", "")))
        except forms.ValidationError as refused:
            raise forms.ValidationError([_WEAK.get(str(one.code), one) for one in refused.error_list]) from None
        return password

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        given = self.cleaned_data
        if "password" in given and "again" in given and given["password"] != given["again"]:
            self.add_error("again", _("De twee wachtwoorden zijn niet gelijk."))
        return given

    def first_person(self) -> FirstPerson:
        """What is to be made of it."""
        given = self.cleaned_data
        return FirstPerson(organisation=given["organisation"], mail=given["mail"], password=given["password"])
