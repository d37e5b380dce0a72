"""Resemblyzer's speaker embedding, three LSTM layers, as a PyTorch checkpoint."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="speaker_embedding",
    package="Resemblyzer",
    version="0.1.4",
    size=15_747_704,
    sha256="8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
    member="resemblyzer/pretrained.pt",
    member_size=17_090_379,
    member_sha256="39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e",
    licence="Apache-2.0",
    holds="Resemblyzer's speaker embedding, three LSTM layers, as a PyTorch checkpoint",
    chapters=(12,),
)
