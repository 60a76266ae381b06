# A tag can be moved. Who builds for others gives a digest that they have looked up themselves:
#   docker build --build-arg BASE=python:3.13-slim@sha256:… .
ARG BASE=python:3.13-slim
FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# Compiles the inner loops of understanding; without it they stay Python.
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev
RUN python -m venv /opt/venv
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN /opt/venv/bin/pip install --require-hashes -r requirements.lock \
    && python -m venv /opt/build \
    && /opt/build/bin/pip install --require-hashes -r requirements-build.lock
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY bot bot
COPY knowledge knowledge
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/venv/bin/pip install --no-deps --no-index /wheels/*.whl \
    && /opt/venv/bin/pip uninstall --yes pip

FROM ${BASE}
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin zhuce \
    && install -d -o zhuce -g zhuce /data /var/cache/zhuce
COPY --from=build /opt/venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    XDG_CACHE_HOME=/var/cache/zhuce \
    XDG_STATE_HOME=/data \
    BOT_HTTP__HOST=0.0.0.0 \
    BOT_HTTP__PORT=8080 \
    BOT_STORE=sqlite:////data/bot.db \
    BOT_JOURNAL=sqlite:////data/journal.db
WORKDIR /data
USER 10001
# Works out what is kept of the pack, so that no container has to: the root may be read-only. Two
# parts of it are built when the first Latin letters come, and the first wrong character.
RUN zhuce ask "sichuan erjian zai na zhuce" > /dev/null \
    && zhuce ask 初始祖册要什么材料 > /dev/null
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:%s/healthz' % os.environ['BOT_HTTP__PORT'], timeout=4)"]
CMD ["zhuce", "serve"]
