"""Addresses with one page, which breaks over a secret that it holds and names."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

SECRET = "kn0wn-s3cret-value"


def page(request: HttpRequest) -> HttpResponse:
    held = f"refresh_token={SECRET}"
    raise RuntimeError(f"{request.path}: {held}")


urlpatterns = [path("", page)]
