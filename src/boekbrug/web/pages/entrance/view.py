"""The door: allauth decides who comes in, the templates are ours."""

from allauth.account.views import AccountInactiveView, LoginView, LogoutView


class Login(LoginView):
    """Log in with e-mail address and password; allauth throttles per address and per account."""

    template_name = "entrance/login.html"


class Logout(LogoutView):
    """Log out, by POST; a GET asks first."""

    template_name = "entrance/logout.html"


class Inactive(AccountInactiveView):
    """Says that an account has been switched off."""

    template_name = "entrance/inactive.html"
