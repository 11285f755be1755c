# The image of web, worker and beat. Built by docker compose; told in docs/deploy.md.
FROM node:20-bookworm-slim AS assets
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund

FROM python:3.11-slim-bookworm
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=ordos_cadres.settings.production \
    ORDOS_VAR=/var/lib/ordos
WORKDIR /srv/ordos
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY --from=assets /build/node_modules ./node_modules
COPY . .
# The four variables are asked for at every start; here they only let collectstatic read the settings.
RUN python tools/compile_texts.py locale/en/LC_MESSAGES/django.po \
    && ORDOS_SECRET_KEY=build ORDOS_HOSTS=build ORDOS_DATABASE_URL=postgres://build ORDOS_BROKER_URL=redis://build \
       python manage.py collectstatic --no-input -v 0 \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin ordos \
    && install -d -o ordos -g ordos -m 0700 /var/lib/ordos
USER 10001:10001
CMD ["python", "manage.py", "check", "--deploy"]
