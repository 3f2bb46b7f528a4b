import assert from "node:assert/strict";
import { test } from "node:test";
import type { App } from "@trimaran/contract";
import fc from "fast-check";
import { isLong } from "../../../../test/parts.ts";
import { formatProblems, parseSpec } from "../index.ts";
import { type Draft, draftSpec } from "./draft.ts";

/** The draft of a folder, which has to hold. */
function draft(files: Readonly<Record<string, string>>, folder = "my-app"): { readonly app: App } & Draft {
  const drafted = draftSpec(new Map(Object.entries(files)), folder);
  const parsed = parseSpec(drafted.text, { file: "trimaran.yaml" });
  if (!parsed.ok) assert.fail(`${drafted.text}\n${formatProblems(parsed.problems, drafted.text)}`);
  return { ...drafted, app: parsed.app };
}

const json = (value: unknown) => JSON.stringify(value);
const types = (app: App) => app.resources.map((resource) => resource.type);
const databaseUrl = [{ from: "resource", resource: "database", field: "url" }];

test("an unknown folder gets a sensible file with comments", () => {
  const { app, text, notes } = draft({}, "Müller & Söhne: Portal");
  assert.equal(app.name, "muller-sohne-portal");
  assert.equal(app.service.port, 8000);
  assert.deepEqual(
    app.sites.map((site) => [site.cloud, site.weight, site.role]),
    [
      ["aws", 50, "active"],
      ["azure", 50, "active"],
      ["gcp", 0, "standby"],
    ],
  );
  assert.match(text, /# command: /);
  assert.ok(notes.length > 0);
  assert.equal(draft({}, "123").app.name, "my-app");
});

test("a Streamlit app gets its port, health path, affinity and command", () => {
  const { app } = draft({
    "requirements.txt": "streamlit==1.40  # pages\npandas\npsycopg[binary]>=3\nboto3\n",
    "util.py": "x = 1\n",
    "dashboard.py": "import streamlit as st\nst.title('x')\n",
  });
  const { command, port, health, affinity, runtime } = app.service;
  assert.deepEqual(
    { command, port, health, affinity, runtime },
    {
      command: "streamlit run dashboard.py --server.port $PORT --server.address 0.0.0.0 --server.headless true",
      port: 8501,
      health: "/_stcore/health",
      affinity: "session",
      runtime: "process",
    },
  );
  assert.deepEqual(types(app), ["postgres", "bucket"]);
  assert.deepEqual(app.service.env["DATABASE_URL"], databaseUrl);
  assert.deepEqual(app.service.env["BUCKET"], [{ from: "resource", resource: "files", field: "name" }]);
  const kept = draft({ "requirements.txt": "streamlit", Procfile: "web: streamlit run a.py --server.port=$PORT\n" });
  assert.equal(kept.app.service.command, "streamlit run a.py --server.port=$PORT");
  const fixed = draft({ "requirements.txt": "streamlit", Procfile: "web: streamlit run app.py\n", "app.py": "" });
  assert.match(fixed.app.service.command ?? "", /--server\.port \$PORT/);
});

test("FastAPI, Flask and Django start with their server", () => {
  const fast = draft({
    "pyproject.toml":
      '[project]\nname = "x"\ndependencies = [\n  "fastapi[standard]>=0.1",\n  "uvicorn", "alembic",\n  "asyncpg",\n]\n',
    "src/main.py": "from fastapi import FastAPI\napi = FastAPI(title='x')\n",
  });
  assert.equal(fast.app.service.command, "uvicorn src.main:api --host 0.0.0.0 --port $PORT");
  assert.equal(fast.app.service.port, 8000);
  assert.equal(fast.app.service.migrate, "alembic upgrade head");
  assert.deepEqual(types(fast.app), ["postgres"]);
  const poetry = draft({
    "pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.12"\nFastAPI = "^0.1"\n\n[build-system]\n',
  });
  assert.equal(poetry.app.service.command, "uvicorn main:app --host 0.0.0.0 --port $PORT");
  const flask = draft({
    "requirements.txt": "Flask\ngunicorn\n",
    "wsgi.py": "import flask\nsite = flask.Flask(__name__)\n",
  });
  assert.equal(flask.app.service.command, "gunicorn --bind 0.0.0.0:$PORT wsgi:site");
  assert.equal(
    draft({ "requirements.txt": "flask" }).app.service.command,
    "flask --app app:app run --host 0.0.0.0 --port $PORT",
  );
  const django = draft({
    "requirements.txt": "Django>=5\ngunicorn\nredis\n",
    "manage.py": "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\n",
  });
  assert.equal(django.app.service.command, "gunicorn --bind 0.0.0.0:$PORT shop.wsgi");
  assert.equal(django.app.service.migrate, "python manage.py migrate");
  assert.deepEqual(types(django.app), ["cache"]);
});

test("a Node app starts with its script, and gets variables only without the runtime library", () => {
  const dependencies = { fastify: "5", pg: "8", "@aws-sdk/client-s3": "3", ioredis: "5" };
  const plain = draft({
    "package.json": json({ scripts: { start: "node server.js", migrate: "node m.js" }, dependencies }),
  });
  assert.equal(plain.app.service.command, "node server.js");
  assert.equal(plain.app.service.migrate, "npm run migrate");
  assert.equal(plain.app.service.port, 3000);
  assert.deepEqual(types(plain.app), ["postgres", "bucket", "cache"]);
  assert.deepEqual(plain.app.service.env["DATABASE_URL"], databaseUrl);
  assert.deepEqual(Object.keys(plain.app.service.env), ["DATABASE_URL", "BUCKET", "AWS_ENDPOINT_URL_S3", "REDIS_URL"]);
  const withRuntime = draft({
    "package.json": json({
      scripts: { start: "tsx a.ts" },
      dependencies: { ...dependencies, "@trimaran/runtime": "1" },
    }),
  });
  assert.equal(withRuntime.app.service.command, "npm start");
  assert.deepEqual(withRuntime.app.service.env, {});
  const next = draft({
    "package.json": json({
      scripts: { start: "next start" },
      dependencies: { next: "15", "@azure/storage-blob": "12" },
    }),
  });
  assert.equal(next.app.service.health, "/");
  assert.equal(next.app.service.command, "npm start");
  assert.deepEqual(Object.keys(next.app.service.env), ["BUCKET"]);
});

test("a Dockerfile tells port, command and health, of its last stage", () => {
  const { app } = draft({
    Dockerfile: [
      "FROM node AS build",
      "EXPOSE 1",
      'CMD ["no"]',
      "FROM node",
      "# EXPOSE 2",
      "EXPOSE 8080/tcp 9090",
      "HEALTHCHECK --interval=5s CMD \\",
      "  curl -f http://localhost:8080/healthz || exit 1",
      'ENTRYPOINT ["./serve", "--name", "two words"]',
      'CMD ["--port", "8080"]',
    ].join("\r\n"),
  });
  assert.equal(app.service.port, 8080);
  assert.equal(app.service.health, "/healthz");
  assert.equal(app.service.command, "./serve --name 'two words' --port $PORT");
  const shell = draft({ Dockerfile: "FROM x\nCMD cd app && ./run it\n" });
  assert.equal(shell.app.service.command, "sh -c 'cd app && ./run it'");
});

test("compose tells the app and what stands beside it", () => {
  const compose = `services:
  db: { image: "postgres:16-alpine", environment: { POSTGRES_PASSWORD: x } }
  s3: { image: "quay.io/minio/minio" }
  redis: { image: "redis:7" }
  web:
    build: .
    command: uvicorn app:app --host 0.0.0.0 --port 9000
    ports: ["127.0.0.1:80:9000/tcp"]
    healthcheck: { test: [CMD, curl, "http://localhost:9000/up"] }
    environment:
      - DATABASE_URL=postgres://u:p@db/x
      - CACHE=redis://redis:6379
      - LOG_LEVEL=debug
      - API_TOKEN=abc
      - PORT=9000
      - FROM_HOST=\${HOST_VALUE}
`;
  const { app, notes } = draft({ "docker-compose.yml": compose });
  assert.equal(app.service.command, "uvicorn app:app --host 0.0.0.0 --port $PORT");
  assert.equal(app.service.port, 9000);
  assert.equal(app.service.health, "/up");
  assert.deepEqual(app.service.env, {
    DATABASE_URL: databaseUrl,
    CACHE: [{ from: "resource", resource: "cache", field: "url" }],
    LOG_LEVEL: ["debug"],
  });
  assert.deepEqual(
    app.resources.map((r) => [r.name, r.settings["version"]]),
    [
      ["database", 16],
      ["files", undefined],
      ["cache", undefined],
    ],
  );
  assert.ok(notes.some((note) => note.includes("API_TOKEN") && !note.includes("abc")));
  const image = draft({ "compose.yaml": "services: { a: { image: 'ghcr.io/x/y:1', ports: [{ target: 81 }] } }" });
  assert.equal(image.app.service.image, "ghcr.io/x/y:1");
  assert.equal(image.app.service.port, 81);
});

test("a Procfile is believed before everything else", () => {
  const { app } = draft({
    Procfile: "release: node migrate.js\nweb: node web.js $PORT\n",
    "package.json": json({ scripts: { start: "node other.js" } }),
    Dockerfile: "FROM x\nEXPOSE 5000\nCMD third\n",
  });
  assert.equal(app.service.command, "node web.js $PORT");
  assert.equal(app.service.migrate, "node migrate.js");
  assert.equal(app.service.port, 5000);
});

const wild = fc.oneof(fc.string({ maxLength: 30 }), fc.string({ unit: "binary", maxLength: 10 }));
const nasty = fc.oneof(
  wild,
  fc.constantFrom(
    "${resources.a.b}",
    "${PORT:-80}",
    "a: b # c",
    "'",
    '"',
    "true",
    "-",
    "a\\",
    "*x",
    "x && y",
    "http://h/p?q#f",
    "postgres://u:p@h/d",
    "99999",
    "__proto__",
  ),
);
const parts: Readonly<Record<string, fc.Arbitrary<string>>> = {
  Dockerfile: fc
    .tuple(nasty, nasty, nasty)
    .map(
      ([a, b, c]) => `FROM x\nEXPOSE ${a}\nCMD ${b}\nHEALTHCHECK CMD curl http://x/${c}\nENTRYPOINT ${json([a, b])}\n`,
    ),
  "compose.yaml": fc
    .tuple(nasty, nasty, nasty, fc.constantFrom("postgres:17", "minio/minio", "redis", "app"))
    .map(([a, b, c, image]) =>
      json({
        services: { [a]: { image }, web: { build: ".", command: [b, c], ports: [c], environment: { [a]: b, X: c } } },
      }),
    ),
  "docker-compose.yml": nasty,
  Procfile: fc.tuple(nasty, nasty).map(([a, b]) => `web: ${a}\nrelease: ${b}\n`),
  "package.json": fc.oneof(
    nasty,
    fc
      .tuple(nasty, fc.constantFrom("pg", "next", "redis", "@aws-sdk/client-s3", "@trimaran/runtime"))
      .map(([start, name]) => json({ scripts: { start }, dependencies: { [name]: start } })),
  ),
  "requirements.txt": fc
    .tuple(nasty, fc.constantFrom("streamlit", "fastapi", "flask", "django", "boto3"))
    .map((lines) => lines.join("\n")),
  "pyproject.toml": fc
    .tuple(nasty, nasty)
    .map(([a, b]) => `[project]\ndependencies = ["${a}", "fastapi"]\n[tool.poetry.dependencies]\n${b} = 1\n`),
  "manage.py": nasty.map((text) => `'${text}.settings'`),
};
const pythonFile = fc
  .tuple(nasty, nasty)
  .map(([name, text]) => [`${name}.py`, `import streamlit\n${text} = FastAPI(\n`] as const);

test("whatever is in a folder, the draft holds", () => {
  fc.assert(
    fc.property(
      fc.record(parts, { requiredKeys: [] }),
      fc.array(pythonFile, { maxLength: 2 }),
      nasty,
      (files, scripts, folder) => {
        draft({ ...(files as Record<string, string>), ...Object.fromEntries(scripts) }, folder);
      },
    ),
    { seed: 20, numRuns: isLong ? 5000 : 300 },
  );
});
