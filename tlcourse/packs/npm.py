"""What the site needs from npm packages: the runtime that runs a network in the reader's browser.

Like the packs of `table`, but in npm's registry, and for a page and not for a chapter: who only works the
notebooks never fetches it. ``tlcourse packs --site`` does, with the npm client, which knows the user's
registry and proxy.
"""

from __future__ import annotations

from dataclasses import dataclass

from tlcourse.packs.table import Pack

__all__ = ["RUNTIME_SCRIPT", "RUNTIME_WASM", "SITE", "NpmPack"]


@dataclass(frozen=True)
class NpmPack(Pack):
    """A file of an npm package.

    Attributes
    ----------
    page : str
        The title of the page that needs it.
    """

    page: str = ""

    @property
    def needed(self) -> str:
        """The page that needs it, as text.

        Examples
        --------
        >>> RUNTIME_WASM.needed
        'the page "A network in your browser"'
        """
        return f'the page "{self.page}"'


def _runtime(name: str, member: str, size: int, sha256: str, holds: str) -> NpmPack:
    return NpmPack(
        name=name,
        package="onnxruntime-web",
        version="1.30.0",
        size=33_106_585,
        sha256="d2228df7e4616bc3348bf504ee888f3bec43789a273f0a63f3e68d203ce3bf71",
        member=f"package/dist/{member}",
        member_size=size,
        member_sha256=sha256,
        licence="MIT",
        holds=holds,
        chapters=(),
        page="A network in your browser",
    )


RUNTIME_SCRIPT = _runtime(
    "onnxruntime_web",
    "ort.wasm.bundle.min.mjs",
    73_054,
    "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90",
    "ONNX Runtime for browsers: its interface, as one script module",
)
RUNTIME_WASM = _runtime(
    "onnxruntime_web_wasm",
    "ort-wasm-simd-threaded.wasm",
    14_239_897,
    "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2",
    "ONNX Runtime for browsers: what computes, as WebAssembly",
)
SITE = (RUNTIME_SCRIPT, RUNTIME_WASM)
