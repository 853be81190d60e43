# One image for all of Ayllu: the four services, the door, the jobs and the `ayllu` command.
FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore \
    HOME=/tmp

# 10001 runs our code. The folders are where docker-compose.yml mounts the secrets' volumes, which inherit
# their owner: 999, as Redis and MongoDB run, writes and reads; the group, our services, only reads.
RUN groupadd --system --gid 10001 ayllu \
 && useradd --system --uid 10001 --gid ayllu --home-dir /tmp --no-create-home --shell /usr/sbin/nologin ayllu \
 && for reader in vault redis mongo intake education care notifications operator; do \
      install -d -o 999 -g 10001 -m 0750 "/secrets/$reader"; \
    done

WORKDIR /app

# Only a change of pyproject.toml installs the dependencies again.
COPY pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
      > /tmp/requirements.txt \
 && pip install --no-cache-dir -r /tmp/requirements.txt \
 && rm /tmp/requirements.txt

COPY shared ./shared
COPY services ./services
COPY ops ./ops
COPY deploy/*.py ./deploy/
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable . \
 && python -m compileall -q shared services ops deploy \
 && chmod -R a+rX,go-w /app

USER 10001:10001
CMD ["ayllu", "--help"]
