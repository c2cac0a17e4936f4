# One image for every process of ours; docker-compose.yml says which one each container runs.
FROM python:3.11-slim AS shop

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv/strangler-fig

# The locked versions first, so that a change of the code does not install them again.
COPY pyproject.toml requirements.lock README.md LICENSE ./
RUN pip install --no-cache-dir --quiet "uv==$(sed -n 's/^uv==\([^ ;]*\).*/\1/p' requirements.lock)" \
 && uv pip sync --system --no-cache --quiet --compile-bytecode requirements.lock

COPY contracts contracts
COPY chassis chassis
COPY facade facade
COPY legacy_monolith legacy_monolith
COPY new_services new_services
COPY migrations migrations
COPY loadtests loadtests
COPY fig fig
RUN uv pip install --system --no-cache --quiet --no-deps -e .

# The route file lies in a volume, so that it can be edited while everything runs:
#   docker compose exec facade python -m facade flip product-detail shadow
COPY routes.yaml /etc/fig/routes.yaml
RUN useradd --system --home-dir /nonexistent fig \
 && mkdir -p /run/facade/lent /run/sidecar /keys/facade /keys/orders /keys/storefront /keys/public \
 && chown -R fig /etc/fig /run/facade /run/sidecar /keys
ENV FACADE_ROUTES=/etc/fig/routes.yaml
USER fig

CMD ["python", "-m", "fig", "--help"]

# mitmproxy pins other versions of what we use, so it has an environment of its own.
FROM shop AS sidecar
USER root
RUN python -c "from pathlib import Path; from facade.sidecar import environment; environment.ensure(Path('/opt/sidecar-venv'))" \
 && touch /opt/sidecar-venv.lock && chown fig /opt/sidecar-venv.lock
USER fig

FROM shop
