"""Xception after it was fine-tuned, through and through, on photographs of skin lesions."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="xception_lesions",
    package="sklesion",
    version="0.2.2",
    size=79_641_486,
    sha256="a4ef0ebc99c6b0a7e1e55b1a0c3ba418f0d6d6cfdffd18a7dd414460a0f671b0",
    member="sklesion/model.keras",
    member_size=86_237_188,
    member_sha256="df1a81a62ffabeda48384c4a733138133af8bb463959503545422a2a1c1e75b1",
    licence="MIT",
    holds="a classifier of skin lesions; all layers of Keras Applications' Xception were trained further",
    chapters=(10,),
    like="xception_base",
)
