"""Parts, relationships and content types of an OOXML package (ECMA-376 part 2), read and replaced one by one."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from lxml import etree

from bot.reply.marked.archive import Archive, ArchiveWriter, UnpatchableError, part_key

if TYPE_CHECKING:
    from collections.abc import Iterator

TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
MAIN = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": TRANSITIONAL,
    "http://purl.oclc.org/ooxml/spreadsheetml/main": STRICT,
}
"""Namespace of a sheet → namespace of its relationship ids; the second pair is Strict."""

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELATIONS = f"{_PACKAGE}/relationships"
_TYPES = f"{_PACKAGE}/content-types"
CONTENT_TYPES = "[Content_Types].xml"
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_KINDS = {kind: f"{_SPREADSHEET}.{kind}+xml" for kind in ("worksheet", "comments", "styles")}


def parse_xml(data: bytes, *, plain: bool = False) -> etree._Element:
    """Return the root of a part; *plain* drops comments and processing instructions.

    Raises UnpatchableError for what is not well-formed and for a document type, which no office program writes.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=plain, remove_pis=plain
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnpatchableError(f"not well-formed: {error}") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise UnpatchableError("a part has a document type")
    return root


def write_xml(root: etree._Element) -> bytes:
    """Return a part as bytes, in UTF-8 with the declaration that Excel expects."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; empty for comments and processing instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def namespace(element: etree._Element) -> str:
    """Return an element's namespace, empty where it has none."""
    return etree.QName(element).namespace or ""


def children(element: etree._Element, name: str) -> list[etree._Element]:
    """Return the children of that local name, of whatever namespace."""
    return [child for child in element if local(child) == name]


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child of that local name, or None."""
    return next((one for one in element if local(one) == name), None)


class Relations:
    """The relationships of one part, kept for writing."""

    def __init__(self, owner: str, root: etree._Element) -> None:
        """Take the relationships *root* of the part *owner*."""
        self.owner = owner
        self.root = root
        self.changed = False
        self._taken = {one.get("Id") for one in children(root, "Relationship")}

    def __iter__(self) -> Iterator[tuple[str, str, str]]:
        """Yield id, kind (the last word of its type) and target part of each internal relationship."""
        for one in children(self.root, "Relationship"):
            if one.get("TargetMode") != "External":
                target = posixpath.join("/", posixpath.dirname(self.owner), one.get("Target", ""))
                kind = one.get("Type", "").rsplit("/", 1)[-1]
                yield one.get("Id", ""), kind, posixpath.normpath(target).lstrip("/")

    def target(self, kind: str) -> str | None:
        """Return the first part of that kind, or None."""
        return next((part for _, one, part in self if one == kind), None)

    def by_id(self, relation_id: str) -> str | None:
        """Return the part of that relationship id, or None."""
        return next((part for one, _, part in self if one == relation_id), None)

    def free_id(self) -> str:
        """Return an id that no relationship has, and keep it from others."""
        number = next(one for one in range(1, 1 << 20) if f"rIdDanhDau{one}" not in self._taken)
        relation_id = f"rIdDanhDau{number}"
        self._taken.add(relation_id)
        return relation_id

    def add(self, relation_id: str, type_namespace: str, kind: str, part: str) -> None:
        """Add a relationship to *part* under that id."""
        target = posixpath.relpath(part, posixpath.dirname(self.owner) or ".")
        fields = {"Id": relation_id, "Type": f"{type_namespace}/{kind}", "Target": target}
        etree.SubElement(self.root, f"{{{_RELATIONS}}}Relationship", fields)
        self.changed = True


class Package:
    """The sender's package and the parts that take the place of its own."""

    def __init__(self, archive: Archive) -> None:
        """Read the content types; raises UnpatchableError where there are none."""
        self.archive = archive
        self.changed: dict[str, tuple[str, bytes]] = {}
        self.streamed: set[str] = set()
        self._types = parse_xml(archive.read(CONTENT_TYPES))
        self._relations: dict[str, Relations] = {}
        self._reserved: set[str] = set()

    def read(self, part: str) -> bytes:
        """Return the part as it is now; raises UnpatchableError where it is missing."""
        new = self.changed.get(part_key(part))
        return new[1] if new else self.archive.read(part)

    def has(self, part: str) -> bool:
        """Return whether the part is there, or will be."""
        return part_key(part) in self._reserved or part_key(part) in self.changed or self.archive.has(part)

    def put(self, part: str, data: bytes) -> None:
        """Replace a part or add one; the spelling of a name that is there already is kept."""
        self.changed[part_key(part)] = (self.name_of(part), data)

    def name_of(self, part: str) -> str:
        """Return the part's name as its entry spells it."""
        entry = self.archive.entries.get(part_key(part))
        return entry.filename if entry else part

    def free_part(self, pattern: str) -> str:
        """Return the first name ``pattern.format(1)``, ``…(2)`` that no part has, and keep it from others."""
        number = next(one for one in range(1, 1 << 20) if not self.has(pattern.format(one)))
        part = pattern.format(number)
        self._reserved.add(part_key(part))
        return part

    def relations(self, owner: str) -> Relations:
        """Return the relationships of a part (the package's own for ""), empty where it has none."""
        if owner not in self._relations:
            part = _relations_part(owner)
            root = (
                parse_xml(self.archive.read(part))
                if self.archive.has(part)
                else parse_xml(f'<Relationships xmlns="{_RELATIONS}"/>'.encode())
            )
            self._relations[owner] = Relations(owner, root)
        return self._relations[owner]

    def type_of(self, part: str) -> str:
        """Return the content type of a part, empty where only its extension tells."""
        overrides = (
            one for one in children(self._types, "Override") if part_key(one.get("PartName", "")) == part_key(part)
        )
        return next((one.get("ContentType", "") for one in overrides), "")

    def declare(self, part: str, kind: str) -> None:
        """Say of a new part that it is a ``worksheet``, ``comments`` or ``styles``."""
        fields = {"PartName": f"/{part}", "ContentType": _KINDS[kind]}
        etree.SubElement(self._types, f"{{{_TYPES}}}Override", fields)

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Say what the parts of an extension are, unless the package says so already."""
        known = {one.get("Extension", "").lower() for one in children(self._types, "Default")}
        if extension not in known:
            fields = {"Extension": extension, "ContentType": content_type}
            self._types.insert(0, etree.Element(f"{{{_TYPES}}}Default", fields))

    def finish(self, writer: ArchiveWriter) -> None:
        """Write the changed parts and copy all others that were not streamed already."""
        for relations in self._relations.values():
            if relations.changed:
                # Spelled like its owner: openpyxl, unlike Excel, distinguishes case.
                part = _relations_part(self.name_of(relations.owner))
                self.changed[part_key(part)] = (part, write_xml(relations.root))
        for key, entry in self.archive.entries.items():
            if key not in self.changed and key not in self.streamed and key != part_key(CONTENT_TYPES):
                writer.copy(self.archive, entry)
        for name, data in self.changed.values():
            writer.add(name, (data,))

    def write_types(self, writer: ArchiveWriter) -> None:
        """Write the content types; they go first, because programs know an office file by its first entry."""
        writer.add(CONTENT_TYPES, (write_xml(self._types),))


def _relations_part(owner: str) -> str:
    folder, name = posixpath.split(owner)
    return posixpath.join(folder, "_rels", f"{name}.rels")
