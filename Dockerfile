FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

RUN useradd --system --uid 10001 --home-dir /srv/missing --shell /usr/sbin/nologin missing
WORKDIR /srv/missing

# First, and alone: it changes less often than the code.
COPY requirements.lock ./
RUN python -m pip install --require-hashes -r requirements.lock

COPY setup.cfg pyproject.toml LICENSE ./
COPY missing_service ./missing_service
COPY adapters ./adapters
COPY workers ./workers
RUN python -m pip install --no-deps --no-build-isolation . && rm -rf build *.egg-info missing_service adapters workers

# The only folder the service may write to: its SQLite file, where that is the database.
RUN mkdir var && chown missing var && chmod 0700 var
VOLUME /srv/missing/var

USER missing
EXPOSE 8000

# A proxy in the environment must not answer for the service.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:8000/healthz', timeout=4)"]

CMD ["missing-service", "serve", "--host", "0.0.0.0", "--port", "8000"]
