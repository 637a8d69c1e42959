"""The door: allauth decides who comes in, the templates are ours."""

from allauth.account.views import AccountInactiveView, LoginView, LogoutView


class Login(LoginView):  # type: ignore[misc]  # allauth has no types
    """Log in with e-mail address and password; allauth throttles per address and per account."""

    template_name = "entrance/login.html"


class Logout(LogoutView):  # type: ignore[misc]  # allauth has no types
    """Log out, by POST; a GET asks first."""

    template_name = "entrance/logout.html"


class Inactive(AccountInactiveView):  # type: ignore[misc]  # allauth has no types
    """Says that an account has been switched off."""

    template_name = "entrance/inactive.html"
