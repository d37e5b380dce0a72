"""The mel spectrogram that goes with the speech embedding, as ONNX."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="speech_mel",
    package="openwakeword",
    version="0.4.0",
    size=9_285_483,
    sha256="2c353f49a35d384507403efde3db439353d8281a52d08a0e42a5b493e5145075",
    member="openwakeword/resources/models/melspectrogram.onnx",
    member_size=1_087_958,
    member_sha256="ba2b0e0f8b7b875369a2c89cb13360ff53bac436f2895cced9f479fa65eb176f",
    licence="Apache-2.0",
    holds="the mel spectrogram that goes with the speech embedding, as ONNX",
    chapters=(12,),
)
