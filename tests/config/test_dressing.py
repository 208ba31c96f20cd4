"""The pages of the sign-in package and the error pages belong to the site."""

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import User
from config import dev

pytestmark = pytest.mark.django_db
ENTRANCE = ("account_login", "account_signup", "account_request_login_code", "account_reset_password")
ACCOUNT = ("account_email", "account_change_password", "mfa_index", "usersessions_list", "account_logout")


@pytest.mark.parametrize("name", ENTRANCE)
def test_the_doors_of_the_house_look_like_the_house(client, name):
    html = client.get(reverse(name)).content.decode()
    assert 'class="entrance"' in html
    assert 'class="form"' in html
    assert 'class="field' in html
    assert 'class="button button-primary"' in html


@pytest.mark.parametrize("name", ACCOUNT)
def test_the_account_pages_have_the_rail_of_the_account(name):
    client = Client()
    client.force_login(User.objects.create_user("mira@example.com", "quiet-gallery-77"))
    html = client.get(reverse(name), follow=True).content.decode()
    assert 'class="side-nav"' in html or 'class="entrance"' in html
    assert "</html>" in html


def test_a_page_that_is_not_there_is_a_page_of_the_site(client):
    answer = client.get("/nothing/at/all/")
    assert answer.status_code == 404
    assert "Nothing hangs here" in answer.content.decode()


@pytest.mark.parametrize("status", [400, 500, 503])
def test_pages_for_broken_days_need_nothing(status):
    html = render_to_string(f"{status}.html")
    assert "Promptuary" in html
    assert "csrfmiddlewaretoken" not in html


def test_the_living_page_shows_every_component(client):
    request = client.get("/nothing/").wsgi_request
    assert dev.components(request).status_code == 200
