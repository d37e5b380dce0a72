# syntax=docker/dockerfile:1
# The course in a container, for a laptop, a JupyterHub or a dev container:
#
#   docker build -t tlcourse .
#   docker run --rm -p 8888:8888 -v tlcourse:/home/learner/course tlcourse
#
# It is built from a checkout: the wheel brings the notebooks. --build-arg EXTRA=torch or =keras makes it smaller.
# The grader needs user namespaces, which Docker's default profile forbids: to grade in it, start it with
# --security-opt seccomp=unconfined. Without that `tlcourse grade` refuses, and says so.
FROM python:3.12-slim AS wheel
COPY . /checkout
RUN python -m pip wheel --no-cache-dir --no-deps -w /wheel /checkout

FROM python:3.12-slim
ARG EXTRA=all,grading
RUN apt-get update \
    && apt-get install -y --no-install-recommends git libgomp1 make \
    && rm -rf /var/lib/apt/lists/*
COPY --from=wheel /wheel /wheel
RUN python -m pip install --no-cache-dir "$(ls /wheel/*.whl)[$EXTRA]"
# Learners have no rights that they do not need, and a course that they can write in.
RUN useradd --create-home --uid 1000 learner
USER learner
WORKDIR /home/learner/course
# Weights and data that lie in other people's packages: what could not be fetched is said, and stops nothing.
RUN tlcourse packs || echo "Going on without some packs."
RUN tlcourse start .
EXPOSE 8888
# `start` again at each start: a newer image brings newer notebooks, and what somebody worked in is kept.
CMD ["sh", "-c", "tlcourse start . && exec tlcourse lab --no-browser --ip 0.0.0.0 --port 8888"]
