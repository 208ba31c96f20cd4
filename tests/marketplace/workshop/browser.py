"""What a browser would send back from a page's form, as it stands."""

from html.parser import HTMLParser


class _Reader(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.is_inside, self.values = form_id, False, {}
        self.area = self.select = None
        self.is_first = False

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.is_inside = attrs.get("id") == self.form_id
        if not self.is_inside:
            return
        if tag == "option":
            if self.is_first or "selected" in attrs:
                self.values[self.select] = attrs.get("value", "")
            self.is_first = False
        elif "name" in attrs:
            self._control(tag, attrs)

    def _control(self, tag, attrs):
        name, kind = attrs["name"], attrs.get("type", "text")
        if tag == "textarea":
            self.area, self.values[name] = name, ""
        elif tag == "select":
            self.select, self.is_first = name, True
        elif tag == "input" and kind in {"checkbox", "radio"}:
            if "checked" in attrs:
                self.values[name] = attrs.get("value", "on")
        elif tag == "input" and kind != "file":
            self.values[name] = attrs.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.values[self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self.area:
            # The first line end belongs to the markup; the others travel as two characters.
            text = self.values[self.area].replace("\r\n", "\n").removeprefix("\n")
            self.values[self.area], self.area = text.replace("\n", "\r\n"), None
        elif tag == "form":
            self.is_inside = False


def form_of(response, form_id="listing-form"):
    reader = _Reader(form_id)
    reader.feed(response.content.decode())
    return reader.values
