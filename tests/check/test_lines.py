from __future__ import annotations

from bot.check.lines import index_lines, line_of

TEXT = """\
# lời dẫn = 1
id = "A"
many = [
  "a [[rule]]",
  { id = 3 },
]

[[rule]]
id = "một"  # [[rule]]
query = '''
id = 5
[[rule]]
'''
say = "[ {x}"

[[rule]]
fix = \"\"\"một dòng\"\"\"
id = "hai"

[contact]
role = "x"
"""


def test_keys_and_headers_are_found_on_their_lines() -> None:
    places = index_lines(TEXT)
    assert places[("id",)] == 2
    assert places[("many",)] == 3
    assert places[("rule", 0)] == 8
    assert places[("rule", 0, "id")] == 9
    assert places[("rule", 0, "say")] == 14
    assert places[("rule", 1)] == 16
    assert places[("rule", 1, "id")] == 18
    assert places[("contact", "role")] == 21
    assert ("rule", 2) not in places


def test_what_has_no_line_is_shown_at_the_thing_around_it() -> None:
    places = index_lines(TEXT)
    assert line_of(places, ("rule", 1, "source")) == 16
    assert line_of(places, ("rule", 0, "good", 3, "x")) == 8
    assert line_of(places, ("title",)) == 1
