"""Log-mel features of clips by the framework's short-time Fourier transform."""

from tlcourse.exercises.engine import About

ABOUT = About(
    title="Log-mel features",
    points=3,
    answer="log_mel",
    solved_by=(
        "tlcourse.audio._torch.LogMel.forward",
        "tlcourse.audio._keras.LogMel.call",
    ),
)
