import { type Clues, type ResourceClue, word } from "./clues.ts";

/** requirements.txt or pyproject.toml, and the .py files for the module that holds the app. */
export function readPython(files: ReadonlyMap<string, string>): Clues {
  const source = files.has("requirements.txt") ? "requirements.txt" : "pyproject.toml";
  const names = source === "requirements.txt" ? requirements(files.get(source)!) : pyproject(files.get(source) ?? "");
  const has = (name: string) => names.has(name);
  const web = webApp(files, has);
  const migrate = has("alembic")
    ? "alembic upgrade head"
    : files.has("manage.py") && has("django")
      ? "python manage.py migrate"
      : undefined;
  return {
    ...web,
    ...(migrate === undefined ? {} : { migrate: { value: migrate, because: `${source}, ${migrate.split(" ")[0]}` } }),
    resources: resourcesOf(has, source),
  };
}

function webApp(files: ReadonlyMap<string, string>, has: (name: string) => boolean): Clues {
  const clues = (framework: string, command: string, port: number): Clues => ({
    command: { value: command, because: framework },
    port: { value: port, because: `${framework}'s usual port` },
  });
  if (has("streamlit")) {
    const file = scriptOf(files, /^\s*(import|from) streamlit\b/m, [
      "streamlit_app.py",
      "app.py",
      "main.py",
      "Home.py",
    ]);
    return {
      ...clues(
        "Streamlit",
        `streamlit run ${word(file)} --server.port $PORT --server.address 0.0.0.0 --server.headless true`,
        8501,
      ),
      health: { value: "/_stcore/health", because: "Streamlit's own health path" },
      affinity: { value: "session", because: "a Streamlit session lives in one process" },
    };
  }
  if (has("fastapi"))
    return clues("FastAPI", `uvicorn ${objectOf(files, "FastAPI", "main:app")} --host 0.0.0.0 --port $PORT`, 8000);
  if (has("flask")) {
    const app = objectOf(files, "Flask", "app:app");
    return has("gunicorn")
      ? clues("Flask", `gunicorn --bind 0.0.0.0:$PORT ${app}`, 8000)
      : clues("Flask", `flask --app ${app} run --host 0.0.0.0 --port $PORT`, 5000);
  }
  if (!has("django")) return {};
  const project = /['"](\w+(?:\.\w+)*)\.settings['"]/.exec(files.get("manage.py") ?? "")?.[1];
  return has("gunicorn") && project !== undefined
    ? clues("Django", `gunicorn --bind 0.0.0.0:$PORT ${project}.wsgi`, 8000)
    : clues("Django", "python manage.py runserver --noreload 0.0.0.0:$PORT", 8000);
}

/** The script that fits the pattern, those with a usual name first. */
function scriptOf(files: ReadonlyMap<string, string>, pattern: RegExp, usual: readonly string[]): string {
  const scripts = [...files].filter(([name]) => /^[\w./ -]+\.py$/.test(name) && name.length < 200);
  const fitting = scripts.filter(([, text]) => pattern.test(text)).map(([name]) => name);
  const named = (names: readonly string[]) => usual.find((name) => names.includes(name));
  return named(fitting) ?? fitting[0] ?? named(scripts.map(([name]) => name)) ?? usual[0]!;
}

/** "src.main:api" of `api = FastAPI(` in src/main.py. */
function objectOf(files: ReadonlyMap<string, string>, maker: string, usual: string): string {
  const pattern = new RegExp(`^(\\w{1,60})\\s*(?::[^=\\n]*)?=\\s*(?:\\w+\\.)?${maker}\\(`, "m");
  for (const [name, text] of files) {
    const object = /^(\w+\/)*\w+\.py$/.test(name) && name.length < 200 ? pattern.exec(text)?.[1] : undefined;
    if (object !== undefined) return `${name.slice(0, -3).replaceAll("/", ".")}:${object}`;
  }
  return usual;
}

function resourcesOf(has: (name: string) => boolean, source: string): readonly ResourceClue[] {
  const found: ResourceClue[] = [];
  const add = (type: ResourceClue["type"], names: readonly string[], env: Readonly<Record<string, string>>) => {
    const name = names.find(has);
    if (name !== undefined) found.push({ type, because: `${source}, ${name}`, env });
  };
  add("postgres", ["psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000"], {
    DATABASE_URL: "${resources.database.url}",
  });
  if (has("boto3") || has("minio") || has("s3fs")) {
    add("bucket", ["boto3", "minio", "s3fs"], {
      BUCKET: "${resources.files.name}",
      AWS_ENDPOINT_URL_S3: "${resources.files.endpoint}",
    });
  } else add("bucket", ["azure-storage-blob", "google-cloud-storage"], { BUCKET: "${resources.files.name}" });
  add("cache", ["redis", "valkey"], { REDIS_URL: "${resources.cache.url}" });
  return found;
}

/** Names as PEP 503 writes them: lower-case, one hyphen for each run of -, _ and dots. */
function normal(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, "-");
}

function requirements(text: string): ReadonlySet<string> {
  const names = text.split("\n").map((line) => /^\s*([A-Za-z0-9][\w.-]*)/.exec(line)?.[1]);
  return new Set(names.filter((name) => name !== undefined).map(normal));
}

/** Quoted requirements anywhere, and the keys of Poetry's tables: enough to know a framework by its name. */
function pyproject(text: string): ReadonlySet<string> {
  const quoted = [...text.matchAll(/["']([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:[<>=!~;@ ][^"'\n]*)?["']/g)].map(
    (match) => match[1]!,
  );
  const poetry = /\[tool\.poetry\.dependencies\]([\s\S]*?)(?:\n\[|$)/.exec(text)?.[1] ?? "";
  const keys = [...poetry.matchAll(/^\s*([A-Za-z0-9][\w.-]*)\s*=/gm)].map((match) => match[1]!);
  return new Set([...quoted, ...keys].map(normal));
}
