import mimetypes

import pytest


@pytest.fixture
def picture(settings):
    settings.MEDIA_ROOT.mkdir(parents=True)
    path = settings.MEDIA_ROOT / "cover.webp"
    path.write_bytes(b"RIFF")
    return path


def test_a_picture_is_served_to_be_kept_and_to_do_nothing(client, picture):
    answer = client.get("/media/cover.webp")

    assert b"".join(answer.streaming_content) == b"RIFF"
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/webp", "nosniff")
    assert "immutable" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get("/media/cover.webp", headers={"if-modified-since": answer["Last-Modified"]}).status_code == 304


def test_pictures_are_known_where_the_system_has_no_list_of_types(client, picture, monkeypatch):
    monkeypatch.setattr(mimetypes, "_db", mimetypes.MimeTypes())
    monkeypatch.setattr(mimetypes, "types_map", {})

    assert client.get("/media/cover.webp")["Content-Type"] == "image/webp"


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "nothing.webp", "%2e%2e/secret.webp"])
def test_anything_else_is_nobodys_to_fetch(client, picture, name):
    picture.with_name("page.html").write_text("<script>")
    picture.with_name("drawing.svg").write_text("<svg>")
    picture.parent.with_name("secret.webp").write_text("secret")

    assert client.get(f"/media/{name}").status_code in {400, 404}
