"""What the account's pages need in their templates."""

from django import template

from accounts import browsers

register = template.Library()
register.filter("browser", browsers.describe)
