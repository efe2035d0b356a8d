"""S/MIME and PGP: what is only signed is read, what is encrypted is named (RFC 8551, RFC 3156, RFC 9580)."""

from __future__ import annotations

import base64
import binascii
import re

from asn1crypto import cms

from bot.model import RefusalReason, Unreadable

ENCRYPTED_SMIME = Unreadable(RefusalReason.PROTECTED, "S/MIME")
ENCRYPTED_PGP = Unreadable(RefusalReason.PROTECTED, "PGP")
BROKEN_SIGNATURE = Unreadable(RefusalReason.DAMAGED, "thư ký số (S/MIME) bị hỏng")

_OPAQUE = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_PGP_ENCRYPTED = re.compile(rb"(?m)^-----BEGIN PGP MESSAGE-----\s*$")
_PGP_SIGNED = re.compile(
    r"(?ms)^-----BEGIN PGP SIGNED MESSAGE-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n(.*?)^-----BEGIN PGP SIGNATURE-----.*"
)
_ENCRYPTING = frozenset({"enveloped_data", "encrypted_data", "authenticated_enveloped_data"})


def is_opaque(content_type: str, name: str) -> bool:
    """Return whether a part is a whole mail inside a signature or an envelope, or a file with a .p7m around it."""
    return content_type in _OPAQUE or name.lower().endswith((".p7m", ".p7z"))


def open_opaque(data: bytes) -> bytes | Unreadable:
    """Return the bytes that were signed, or that they are encrypted, or broken. The signature is not verified."""
    der = _der(data)
    try:
        info = cms.ContentInfo.load(der)
        kind = info["content_type"].native
        if kind in _ENCRYPTING:
            return ENCRYPTED_SMIME
        if kind == "signed_data":
            content = info["content"]["encap_content_info"]["content"].native
            return content if isinstance(content, bytes) and content else BROKEN_SIGNATURE
    except (ValueError, TypeError, KeyError, RecursionError, OverflowError):
        return BROKEN_SIGNATURE
    return BROKEN_SIGNATURE


def _der(data: bytes) -> bytes:
    """Return the bytes without the base64 or the PEM lines that some programs leave around them."""
    if data[:1] == b"\x30":
        return data
    bare = re.sub(rb"-----[^-\r\n]*-----|\s+", b"", data)
    try:
        return base64.b64decode(bare, validate=True)
    except binascii.Error:
        return data


def is_pgp_encrypted(data: bytes, content_type: str, name: str) -> bool:
    """Return whether a part or a file is a PGP message, armoured or not."""
    if _PGP_ENCRYPTED.search(data[:4096]):
        return True
    return content_type == "application/pgp-encrypted" or name.lower().endswith((".pgp", ".gpg"))


def without_signature(text: str) -> str:
    """Return the words of a text that is signed in line (RFC 9580, section 7); any other text as it is."""
    found = _PGP_SIGNED.search(text)
    return re.sub(r"(?m)^- ", "", found.group(1)) if found else text
