"""Texts from data, names and errors, made harmless for each kind of report."""

from __future__ import annotations

import re
import unicodedata

from datacanary.report.signs import DASH, NOT_A_BACKTICK

LONGEST = 160
"""So many characters of a text from data are written where a report is read beside a change."""

_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Categories of Unicode that are not seen and steer what is: control, direction, zero width, surrogates."""
_COMMAND = re.compile(r"(?<!\S):(?=:)|#(?=#(?:vso)?\[|#teamcity\[)")
"""What begins a command to a CI service, in a line of its log."""
_PLAIN_WORD = re.compile(
    rf"\(?(?:[A-Za-z]+(?:'[a-z])?|[+-]?[0-9][0-9,]{{0,12}}(?:\.[0-9]{{1,6}})?|%|->|[<>={DASH}→…])?[),.;:?]*"
)
"""A word of a sentence of ours: letters, a number. Names, paths and values have other characters."""
_UNSAFE_WORDS = re.compile(r"(?:www|https?|ftp|mailto|javascript|data|xmpp)[.:]", re.IGNORECASE)
_BEGINS_BLOCK = re.compile(r"[0-9]+[.)](?![0-9])|[>=]")
"""What would begin a list or a quote, if a sentence began with it."""
_LONG_NUMBER = re.compile(r"[0-9]{7}")
"""So many digits can name a commit."""


def for_terminal(text: str) -> str:
    r"""Write control and direction characters as escapes, and what a CI service takes for a command.

    No text can steer the terminal then, nor the job whose log it stands in.

    >>> for_terminal("a" + chr(27) + "[31mred" + chr(10))
    'a\\x1b[31mred\\n'
    >>> for_terminal("::error::x"), for_terminal("amount::int")
    ('\\x3a:error::x', 'amount::int')
    """
    visible = "".join(_escaped(character) for character in text)
    return _COMMAND.sub(lambda found: f"\\x{ord(found[0]):02x}", visible)


def cut(text: str, most: int = LONGEST) -> str:
    """Cut the end of a text that is too long to be read.

    >>> cut("abcdef", 4)
    'abc…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def for_markdown(text: str, most: int = LONGEST) -> str:
    r"""Write a value, a name or an error for Markdown with HTML in it: entities within `<code>`, on one line.

    Entities keep it from being Markdown or HTML, the element keeps a host from making mentions and links of it: these
    look at what was rendered, and pass over code. cmark-gfm itself does not, and links addresses after it has read
    entities; a break in the word parts them.

    >>> for_markdown("fct_orders"), for_markdown("@ana|")
    ('<code>fct&#95;orders</code>', '<code>&#64;<wbr>ana&#124;</code>')
    """
    return f"<code>{_entities(cut(_seen(text), most))}</code>"


def for_code_span(text: str, most: int = LONGEST) -> str:
    r"""Write the same for a host that shows no HTML: within backticks, of which and of pipes the text has none.

    >>> ascii(for_code_span("a`b|c")), for_code_span("")
    ("'`a\\u02cbb\\xa6c`'", '` `')
    """
    shown = cut(_seen(text), most).replace("`", NOT_A_BACKTICK).replace("|", "¦")
    return f"`{shown if shown.strip() else ' '}`"


def prose(text: str, code: str = "html", most: int = 600) -> str:
    r"""Write a sentence of ours, with names and values in it, for Markdown: what is no plain word becomes code.

    `code` is `html` or `backticks`. A command at its end is one piece of code.

    >>> prose("fct_orders loses 3.10 % of its rows")
    '<code>fct&#95;orders</code> loses 3.10 % of its rows'
    >>> prose("ask @ana", "backticks"), prose("put it back: datacanary rollback x")
    ('ask `@ana`', 'put it back: <code>datacanary rollback x</code>')
    """
    encode = for_markdown if code == "html" else for_code_span
    sentence, colon, command = cut(_seen(text), most).partition(": datacanary ")
    parts = _QUOTED.split(f"{sentence}{colon[:1]}")
    # Every second part stands in quotes of ours: a piece of a query, a word of the config.
    joined = "".join(
        encode(part) if place % 2 else _words(part, code, first=not place) for place, part in enumerate(parts)
    )
    return f"{joined} {encode(f'datacanary {command}', most)}" if colon else joined


_QUOTED = re.compile(r"`([^`]+)`")


def _words(text: str, code: str, *, first: bool) -> str:
    return " ".join(_word(word, code, first=first and not place) for place, word in enumerate(text.split(" ")))


def _word(word: str, code: str, *, first: bool) -> str:
    """Write one word; what surrounds a name in a sentence stays outside of the code."""
    if _is_plain(word) and not (first and _BEGINS_BLOCK.match(word)):
        return word.replace("<", "&lt;").replace(">", "&gt;") if code == "html" else word
    found = _AROUND.fullmatch(word)
    before, bare, after = found.groups() if found else ("", word, "")
    if before and bare.count(")") > bare.count("("):
        bare, after = bare[: bare.rindex(")")], bare[bare.rindex(")") :] + after
    encode = for_markdown if code == "html" else for_code_span
    return f"{before}{encode(bare)}{after}"


def _is_plain(word: str) -> bool:
    """Tell whether a word is nothing that a host makes a link or a mention of."""
    plain = not word or _PLAIN_WORD.fullmatch(word)
    return bool(plain) and not _UNSAFE_WORDS.match(word) and not _LONG_NUMBER.search(word)


_AROUND = re.compile(r"(\(?)(.+?)([,.;:?]*)", re.DOTALL)


def for_html(text: str, most: int = 2 * LONGEST) -> str:
    r"""Make visible what is not seen, and cut; the template escapes the rest.

    >>> for_html("a" + chr(0x202E) + "b")
    'a\\u202eb'
    """
    return cut(_seen(text), most)


def for_xml(text: str, most: int = 4000) -> str:
    r"""Leave only characters that XML 1.0 knows; its writer escapes the rest.

    >>> for_xml("a" + chr(0) + chr(0xFFFE) + "]]>")
    'a\\x00\\ufffe]]>'
    """
    return cut(_seen(text), most)


def for_workflow_command(text: str, most: int = 1000) -> str:
    r"""Write the message of a CI service's workflow command, on one line.

    Source: GitHub's toolkit, which escapes `%` and line ends so; ours are visible already.

    >>> for_workflow_command("90 %" + chr(10) + "::error::x")
    '90 %25\\n::error::x'
    """
    return cut(for_terminal(text), most).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def for_workflow_property(text: str, most: int = 400) -> str:
    """Write a property of such a command, as `file=`: there, colons and commas end it.

    >>> for_workflow_property("models/a,b:c.sql")
    'models/a%2Cb%3Ac.sql'
    """
    return for_workflow_command(text, most).replace(":", "%3A").replace(",", "%2C")


def _seen(text: str) -> str:
    """Write as escapes what is not seen, of the beginning: nobody reads a value of megabytes."""
    if text.isascii() and text.isprintable():
        return text[:20_000]
    shown = "".join(_escaped(character) for character in text[:20_000])
    return _PILED.sub(lambda found: f"{found[1]}{found[2].encode('unicode_escape').decode('ascii')}", shown)


_PILED = re.compile("([\u0300-\u036f]{3})([\u0300-\u036f]+)")
"""Marks that are piled on one letter cover the lines above it."""


def _entities(text: str) -> str:
    """Write every ASCII character that is no letter, digit or single blank as a numeric entity."""
    written = (
        one if one.isalnum() or one == " " or not one.isascii() else f"&#{ord(one)};{_BREAKS.get(one, '')}"
        for one in text.strip() or " "
    )
    return "".join(written)


_BREAKS = {"@": "<wbr>", ":": "<wbr>"}


def _escaped(character: str) -> str:
    if character.isascii() and character.isprintable():
        return character
    if unicodedata.category(character) in _STEERING or _is_hidden(character):
        return character.encode("unicode_escape").decode("ascii")
    return character


def _is_hidden(character: str) -> bool:
    """Tell whether a letter or mark is drawn as nothing though its category does not say so."""
    return character in "\u115f\u1160\u3164\uffa0\u034f\u2800"
