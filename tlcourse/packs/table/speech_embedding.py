"""Google's speech embedding, 20 convolutions, as ONNX."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="speech_embedding",
    package="openwakeword",
    version="0.4.0",
    size=9_285_483,
    sha256="2c353f49a35d384507403efde3db439353d8281a52d08a0e42a5b493e5145075",
    member="openwakeword/resources/models/embedding_model.onnx",
    member_size=1_328_103,
    member_sha256="ba754db3cd768a524c655ea90655ee5e6055a43b8dfd29366a11e93716ae9e51",
    licence="Apache-2.0",
    holds="Google's speech embedding, 20 convolutions, as ONNX",
    chapters=(12,),
)
