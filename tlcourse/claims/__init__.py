"""Claims: the numbers in a chapter's prose, recorded by the cells that produced them.

A cell calls :func:`record`; the prose refers to the name; the compiler writes the value. So no number is
typed by hand, and a re-execution that lands outside a claim's tolerance fails.

==============  ====================================================================================
``claim``       what a claim is, and which values it may have
``recording``   ``record``, which cells call
``tolerance``   whether a new value confirms the committed one
``text``        how the prose shows a claim
``files``       the committed values: ``book/claims/{torch,keras}/NN-name.json``
``outputs``     the claims in the outputs of an executed notebook
==============  ====================================================================================
"""

from tlcourse.claims.claim import MIME, Claim
from tlcourse.claims.errors import ClaimError
from tlcourse.claims.files import ClaimsFile, claims_path, read_claims, write_claims
from tlcourse.claims.outputs import collect
from tlcourse.claims.recording import forget, record, recorded
from tlcourse.claims.text import format_claim
from tlcourse.claims.tolerance import within

__all__ = [
    "MIME",
    "Claim",
    "ClaimError",
    "ClaimsFile",
    "claims_path",
    "collect",
    "forget",
    "format_claim",
    "read_claims",
    "record",
    "recorded",
    "within",
    "write_claims",
]
