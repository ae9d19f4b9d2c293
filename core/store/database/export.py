"""The log as a file of JSON lines that can be checked without the database, signed if wanted.

Each line is an entry; the last line of a signed file has the head, the number of entries and an
Ed25519 signature of both. The chain makes the head stand for every line before it.

References
----------
RFC 8032, Edwards-Curve Digital Signature Algorithm.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from evenbeat.core.errors import AuditError
from evenbeat.core.store.database.chain import GENESIS, AuditEntry, Verification, check_chain
from evenbeat.core.store.files import canonical_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

_FIELDS = frozenset(field.name for field in fields(AuditEntry))


def export_lines(entries: Iterable[AuditEntry], *, key: Path | None = None) -> Iterator[str]:
    """Yield entries as JSON lines; with a private key, a signed last line.

    Raises
    ------
    AuditError
        The key cannot be read, or the library for signatures is not installed.
    """
    private = None if key is None else _private_key(key)
    number, head = 0, GENESIS
    for entry in entries:
        number, head = entry.entry, entry.hash
        yield _line({**asdict(entry), "detail": json.loads(entry.detail)})
    if private is not None:
        signature = private.sign(_signed(number, head)).hex()
        yield _line({"entries": number, "head": head, "signature": signature})


def check_export(
    path: Path, *, public: Path | None = None, anchored_head: str | None = None
) -> Verification:
    """Check an exported file without the database: its chain, and its signature.

    Parameters
    ----------
    path
        The file.
    public
        The public key; without it only the chain is checked.
    anchored_head
        A head hash kept elsewhere; it must be in the file.

    Raises
    ------
    AuditError
        A line is no entry, the last line does not fit the entries, or the signature is missing or
        not of this key.
    """
    closing: dict[str, Any] = {}
    found = check_chain(_read(path, closing), anchored_head=anchored_head)
    if not found.intact:
        return found
    stated = (closing.get("entries"), closing.get("head"))
    if closing and stated != (found.entries, found.head):
        raise AuditError(
            f"{path} was cut off: it ends at entry {found.entries}, its last line speaks of entry "
            f"{stated[0]}."
        )
    if public is not None:
        _check_signature(path, closing, _public_key(public), found)
    return found


def make_key(path: Path) -> Path:
    """Write a new private key, readable by its owner alone, and the public one beside it.

    Returns
    -------
    The public key's path, ending in ``.pub``.

    Raises
    ------
    AuditError
        A file of that name is there already, or the library is not installed.
    """
    serialization = _serialization()
    private = _ed25519().Ed25519PrivateKey.generate()
    public = path.with_suffix(".pub")
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        path.touch(0o600, exist_ok=False)
        public.touch(exist_ok=False)
    except FileExistsError as error:
        raise AuditError(f"{error.filename} is there already; name another file.") from error
    path.write_bytes(secret)
    public.write_bytes(
        private.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return public


def _line(document: dict[str, Any]) -> str:
    return json.dumps(document, sort_keys=True, ensure_ascii=False)


def _signed(entries: int, head: str) -> bytes:
    return canonical_json({"entries": entries, "head": head}).encode()


def _read(path: Path, closing: dict[str, Any]) -> Iterator[AuditEntry]:
    """Yield the entries of a file; what stands in a last line of another form goes in closing."""
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            if closing:
                raise AuditError(f"{path} goes on after its last line, at line {number}.")
            try:
                document = json.loads(line)
            except json.JSONDecodeError as error:
                raise AuditError(f"{path} line {number} is not JSON: {error}.") from error
            if isinstance(document, dict) and document.keys() == _FIELDS:
                yield AuditEntry(**{**document, "detail": canonical_json(document["detail"])})
            elif isinstance(document, dict) and "signature" in document:
                closing.update(document)
            else:
                raise AuditError(f"{path} line {number} is no entry of a log.")


def _check_signature(
    path: Path, closing: dict[str, Any], public: Ed25519PublicKey, found: Verification
) -> None:
    from cryptography.exceptions import InvalidSignature

    if not closing:
        raise AuditError(f"{path} has no signature. Export it with: evenbeat audit export --sign")
    try:
        public.verify(bytes.fromhex(closing["signature"]), _signed(found.entries, found.head))
    except (InvalidSignature, ValueError) as error:
        raise AuditError(
            f"The signature of {path} is not of this key, or the file was changed."
        ) from error


def _private_key(path: Path) -> Ed25519PrivateKey:
    serialization = _serialization()
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise AuditError(_no_key(path, "private", error)) from error
    if not isinstance(key, _ed25519().Ed25519PrivateKey):
        raise AuditError(_no_key(path, "private", "it is of another kind"))
    return cast("Ed25519PrivateKey", key)


def _public_key(path: Path) -> Ed25519PublicKey:
    serialization = _serialization()
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError) as error:
        raise AuditError(_no_key(path, "public", error)) from error
    if not isinstance(key, _ed25519().Ed25519PublicKey):
        raise AuditError(_no_key(path, "public", "it is of another kind"))
    return cast("Ed25519PublicKey", key)


def _no_key(path: Path, kind: str, why: object) -> str:
    return f"{path} is no {kind} Ed25519 key: {why}. Make one with: evenbeat audit key KEY.pem"


def _serialization() -> Any:
    try:
        from cryptography.hazmat.primitives import serialization
    except ImportError as error:
        raise AuditError(
            "Signatures need the package cryptography: pip install 'evenbeat[sign]'"
        ) from error
    return serialization


def _ed25519() -> Any:
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return ed25519
