"""The door: allauth decides who comes in, the templates are ours."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import AccountInactiveView, LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from boekbrug.store.set_up import nobody_yet


class Credentials(LoginForm):  # type: ignore[misc]  # allauth has no types
    """E-mail address and password; what is refused is said in our words, the same for either of them."""

    def clean(self) -> Any:
        """The checked answers; allauth's Dutch says "jij", we say "u"."""
        try:
            return super().clean()
        except ValidationError as refused:
            raise ValidationError(_refusals().get(refused.code, refused.messages), code=refused.code) from None


def _refusals() -> dict[str | None, str]:
    return {
        "email_password_mismatch": _("Dit e-mailadres of dit wachtwoord klopt niet."),
        "too_many_login_attempts": _("Te veel mislukte pogingen. Wacht een paar minuten en probeer het dan opnieuw."),
    }


class Login(LoginView):  # type: ignore[misc]  # allauth has no types
    """Log in with e-mail address and password; allauth throttles per address and per account."""

    form_class = Credentials
    template_name = "entrance/login.html"

    def get_context_data(self, **values: Any) -> dict[str, Any]:
        """What the template shows; as long as nobody can log in, how the first one gets in."""
        return dict(super().get_context_data(**values)) | {"nobody_yet": nobody_yet()}


class Logout(LogoutView):  # type: ignore[misc]  # allauth has no types
    """Log out, by POST; a GET asks first."""

    template_name = "entrance/logout.html"


class Inactive(AccountInactiveView):  # type: ignore[misc]  # allauth has no types
    """Says that an account has been switched off."""

    template_name = "entrance/inactive.html"
