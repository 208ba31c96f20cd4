"""The hands of the journeys: the keys of a desk alone, and a finger on a phone, with JavaScript or without."""

from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.models import User
from tests.processes import Site

SECONDS = 20_000  # milliseconds a page may take on a busy machine
FARTHEST = 120  # presses of Tab; nobody goes farther on foot
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Keys:
    """Everything is reached with Tab and used with Enter, Space and letters; the mouse stays where it is."""

    javascript, size = True, DESK

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, wanted: Locator) -> None:
        element = wanted.first.element_handle()
        for _press in range(FARTHEST):
            if self.page.evaluate("one => one === document.activeElement", element):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not come to {wanted}.")

    def press(self, wanted: Locator) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Enter")

    def tick(self, wanted: Locator) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Space")

    def choose(self, group: str, value: str) -> None:
        """One of several buttons: Tab comes to the group, arrows to the one in it."""
        name = f'[name="{group}"]'
        self.reach(self.page.locator(f"{name}:checked").or_(self.page.locator(name)))
        self.page.keyboard.press("Space")
        for _press in range(self.page.locator(name).count()):
            if self.page.locator(f'{name}[value="{value}"]').is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"No arrow comes to {value}.")

    def write(self, wanted: Locator, words: str) -> None:
        self.reach(wanted)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(words)

    def pick(self, select: Locator, words: str) -> None:
        """The first letters of an option bring it up."""
        self.reach(select)
        self.page.keyboard.type(words)

    def search(self, words: str) -> None:
        self.page.keyboard.press("/")
        self.page.keyboard.type(words)
        self.page.keyboard.press("Enter")

    def decide(self, note: str) -> None:
        """Claim, a reason, the note, the decision: each has a key of its own."""
        self.page.keyboard.press("c")
        expect(self.page.locator("button[formaction*='/release/']")).to_be_visible()
        self.page.keyboard.press("2")
        self.write(self.page.locator("[name=note]"), note)
        self.page.keyboard.press("Tab")  # in the note it would be a letter
        self.page.keyboard.press("r")


class Finger:
    """A small screen, and a browser that runs nothing."""

    javascript, size = False, PHONE

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, wanted: Locator) -> None:
        wanted.first.click()

    def tick(self, wanted: Locator) -> None:
        wanted.first.check()

    def choose(self, group: str, value: str) -> None:
        chosen = self.page.locator(f'[name="{group}"][value="{value}"]')
        name = chosen.get_attribute("id") or "-"
        # A finger meets the words, or the star, and not the button below them.
        words = self.page.locator(f"label[for='{name}']")
        (words if words.count() else chosen).first.click()
        expect(chosen).to_be_checked()

    def write(self, wanted: Locator, words: str) -> None:
        wanted.first.fill(words)

    def search(self, words: str) -> None:
        field = self.page.locator("header [name=q]")
        field.fill(words)
        field.press("Enter")

    def decide(self, note: str) -> None:
        self.press(self.page.locator("button[formaction*='/claim/']"))
        expect(self.page.locator("button[formaction*='/release/']")).to_be_visible()
        self.choose("reason", "examples")
        self.write(self.page.locator("[name=note]"), note)
        self.press(self.page.locator("button[name=decision][value=reject]"))


class Thumb(Finger):
    """The same small screen, where everything runs."""

    javascript = True


Hand = Keys | Finger


class Hands:
    """The same hand for whoever is asked for."""

    def __init__(self, chromium: Browser, site: Site, kind: type[Hand]) -> None:
        self.kind = kind
        self.context = chromium.new_context(
            java_script_enabled=kind.javascript,
            viewport=kind.size,
            base_url=site.url,
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(SECONDS)
        self.site = site

    def of(self, user: User | None = None) -> Hand:
        if user is not None:
            client = Client()
            client.force_login(user)
            name = django_settings.SESSION_COOKIE_NAME
            self.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": self.site.url}])
        page = self.context.new_page()
        page.on("dialog", lambda asked: asked.accept())
        return self.kind(page)
