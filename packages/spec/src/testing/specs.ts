/** Specs that hold, from the least to all keys: what tests start from. */
export const least = `app: my-app
service: { port: 8000 }
sites:
  aws: { cloud: aws, region: us-east-1 }
`;

export const full = `# yaml-language-server: $schema=./node_modules/trimaran/schema.json
app: medassistant
service:
  build: .
  command: node src/server.ts
  port: 8000
  health: /health
  cpu: 1
  memory: 2Gi
  scale: { min: 1, max: 10, concurrency: 80 }
  runtime: process
  affinity: none
  timeout: 300s
  migrate: node src/migrate.ts
  env: { LOG_LEVEL: info, DATABASE_URL: "\${resources.records.url}" }
resources:
  records:   { type: postgres, version: 15, size: small, storage: 20Gi }
  documents: { type: bucket, needs: [signed-url] }
  sessions:  { type: kv, needs: [expiry], home: site }
  signing:   { type: secret, generate: 32 }
  slack:     { type: secret }
  assistant: { type: model, task: chat }
sites:
  aws:    { cloud: aws,   region: us-east-1,   weight: 50 }
  azure:  { cloud: azure, region: eastus2,     weight: 50, account: { subscription: 0012, resourceGroup: med } }
  gcp:    { cloud: gcp,   region: us-central1, role: standby, account: { project: med-1 }, options: { compute: [1, { deep: null }] } }
traffic:
  domain: app.example.com
  failover: { failures: 3, interval: 5s, latency: 500ms, errors: 2.5% }
recovery:
  primary: aws
  rto: 15m
  rpo: 5m
  backups: { database: "0 2 * * *", objects: "0 4 * * *", config: "0 6 * * sun", keep: { daily: 7, weekly: 4, monthly: 12 }, at: [azure, gcp] }
checks:
  - { get: /health, status: 200, within: 200ms }
  - { post: /ask, body: "{}", status: 201 }
alerts: { latency-p95: 1s, errors: 1%, email: ops@example.com, webhook: "\${secrets.slack}" }
budget: { monthly: 200 }
cost: { traffic: { requestsPerSecond: 10, averageKiB: 20, storedGiB: 500, tokensPerMonth: 1M } }
load: { users: 1000, mix: [ { get: /, weight: 1 } ] }
environments:
  staging: { sites: { gcp: null }, service: { scale: { max: 2 } }, recovery: { backups: { at: [azure] } } }
  production:
`;

export const layered = `app: layered
service: &service
  image: registry.example.com:5000/team/app@sha256:${"0123456789abcdef".repeat(4)}
  port: 3000
  env:
    GREETING: 'it''s \${site.name} at $\${HOME}'
    VERSION: 1.10
    DEBUG: true
    URL: >-
      https://\${resources.files.endpoint}/\${resources.files.name}
resources:
  files: { type: bucket }
  cache: { type: cache, size: medium }
sites:
  one: &site { cloud: gcp, region: europe-west4 }
  two: { <<: *site, region: europe-west1 }
environments:
  dev: { service: { <<: *service, port: 3001 }, app: layered-dev }
`;

export const examples: readonly string[] = [least, full, layered];
