# A small project in several languages: what most command lines of agents are about.
set -eu
mkdir -p src/api src/ui tests docs scripts config build/cache logs vendor/tiny
cat > README.md <<'X'
# Orders

Takes orders, counts them, forgets nothing.

## Usage

    python3 -m src.api.main --port 8080

TODO: describe the configuration
X
cat > src/__init__.py </dev/null
cat > src/api/__init__.py </dev/null
cat > src/api/main.py <<'X'
import argparse
import json

from src.api import store

VERSION = "1.4.2"


def total(rows):
    # TODO: currencies
    return sum(row["amount"] for row in rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8080)
    parser.parse_args()
    print(json.dumps({"total": total(store.load("config/orders.json"))}))


if __name__ == "__main__":
    main()
X
cat > src/api/store.py <<'X'
import json


def load(path):
    with open(path) as file:
        return json.load(file)


def save(path, rows):
    with open(path, "w") as file:
        json.dump(rows, file, indent=2)
X
cat > src/ui/app.js <<'X'
const total = rows => rows.reduce((sum, row) => sum + row.amount, 0);
// TODO: currencies
console.log(total([{ amount: 1 }, { amount: 2 }]));
module.exports = { total };
X
cat > src/ui/style.css <<'X'
body { color: #333; }
.total { font-weight: bold; }
X
cat > src/count.c <<'X'
#include <stdio.h>

int main(int argc, char **argv)
{
    printf("%d\n", argc - 1);
    (void)argv;
    return 0;
}
X
cat > tests/test_store.py <<'X'
import unittest

from src.api import main


class TotalTests(unittest.TestCase):
    def test_total_adds_amounts(self):
        self.assertEqual(3, main.total([{"amount": 1}, {"amount": 2}]))


if __name__ == "__main__":
    unittest.main()
X
printf 'all: count\n\ncount: src/count.c\n\t$(CC) -o $@ $<\n\nclean:\n\trm -f count\n\nlist:\n\t@ls src > build/list.txt\n' > Makefile
cat > config/orders.json <<'X'
[{"id": 1, "amount": 20}, {"id": 2, "amount": 22}]
X
cat > config/app.yaml <<'X'
name: orders
version: 1.4.2
port: 8080
debug: true
database:
  host: db.internal
  pool: 5
X
printf 'PORT=8080\nDEBUG=1\nSECRET=\n' > config/.env
cat > config/nginx.conf <<'X'
server {
    listen 80;
    location / { proxy_pass http://127.0.0.1:8080; }
}
X
cat > package.json <<'X'
{ "name": "orders-ui", "version": "1.4.2", "scripts": { "build": "node scripts/build.js", "lint": "echo linted" } }
X
cat > scripts/build.js <<'X'
const fs = require("fs");
fs.mkdirSync("build/out", { recursive: true });
fs.writeFileSync("build/out/app.js", fs.readFileSync("src/ui/app.js", "utf8").toUpperCase());
X
cat > scripts/bump.sh <<'X'
#!/bin/sh
# Raises the patch number everywhere.
set -e
old=$(sed -n 's/^version: //p' config/app.yaml)
new=${old%.*}.$((${old##*.} + 1))
sed -i "s/$old/$new/" config/app.yaml src/api/main.py package.json
echo "$old -> $new"
X
cat > scripts/migrate.py <<'X'
import json, pathlib
path = pathlib.Path("config/orders.json")
rows = json.loads(path.read_text())
for row in rows:
    row["currency"] = "EUR"
path.write_text(json.dumps(rows) + "\n")
print(len(rows), "rows")
X
chmod 755 scripts/bump.sh
printf 'one\ntwo\nthree\n' > docs/list.txt
printf '# Guide\n\nSee [list](list.txt).\n' > docs/guide.md
printf '# Changes\n\n## 1.4.2\n\n- Faster\n\n## 1.4.1\n\n- Smaller\n' > docs/CHANGES.md
i=0; while [ $i -lt 60 ]; do
  printf '2024-03-%02d 10:%02d:00 %s request id=%d took=%dms\n' $((i % 28 + 1)) $i "$( [ $((i % 7)) = 0 ] && echo ERROR || echo INFO )" $i $((i * 7 % 90))
  i=$((i + 1))
done > logs/app.log
printf 'old\n' > logs/app.log.1
printf 'cached' > build/cache/a.o
printf 'cached too' > build/cache/b.o
printf 'exports.tiny = 1;\n' > vendor/tiny/index.js
printf '*.o\nbuild/\n__pycache__/\n' > .gitignore
