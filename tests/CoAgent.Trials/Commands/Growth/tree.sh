# What the stream of tasks works on: a repository with services, documents and tables, and a shop's database.
set -eu
git init -q -b main .
git config gc.auto 0
mkdir -p config deploy docs data releases services
for service in geo rate user cart mail; do
  printf 'name: %s\nversion: 1.0.0\nport: 80%02d\nlevel: info\n' "$service" "${#service}" > "config/$service.yaml"
  printf '# %s\n\nOwner: team-%s\n' "$service" "$service" > "docs/$service.md"
  mkdir -p "services/$service"
  printf 'VERSION = "1.0.0"\n\n\ndef handle(request):\n    return "%s"\n' "$service" > "services/$service/main.py"
  printf '{"name": "%s", "replicas": 1, "limits": {"cpu": 1, "memory": 256}}\n' "$service" > "deploy/$service.json"
done
printf '# Changes\n' > CHANGES.md
printf '*.tmp\nreleases/\n' > .gitignore
printf 'name,city,amount\nAnn,Oslo,20\nBob,Rome,5\nCid,Oslo,17\n' > data/orders.csv
sqlite3 shop.db "create table items(id integer primary key, name text unique, price integer, stock integer default 0); insert into items(name, price) values('pen', 2),('ink', 7),('pad', 5),('cap', 3),('box', 9); create table notes(id integer primary key, item text, text text);"
printf 'shop.db\n' >> .gitignore
git add -A && git commit -q -m 'Start'
