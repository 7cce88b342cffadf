# A git repository with two branches, a tag, a stash, and work that is not committed.
set -eu
git init -q -b main .
git config gc.auto 0
mkdir -p src docs
printf 'def run():\n    return 1\n' > src/app.py
printf 'helper = 1\n' > src/helper.py
printf '# App\n' > README.md
printf '*.log\ntmp/\n' > .gitignore
git add -A && git commit -q -m 'First'
printf 'def run():\n    return 2\n' > src/app.py
git commit -q -am 'Run returns two'
git tag -a v1.0 -m 'One'
git checkout -q -b feature
printf 'def feature():\n    return run()\n' > src/feature.py
git add -A && git commit -q -m 'A feature'
printf '# App\n\nWith a feature.\n' > README.md
git commit -q -am 'Say so'
git checkout -q main
printf 'Guide\n' > docs/guide.md
git add -A && git commit -q -m 'A guide'
git checkout -q -b conflict v1.0
printf 'def run():\n    return 3\n' > src/app.py
git commit -q -am 'Run returns three'
git checkout -q main
printf 'def run():\n    return 4\n' > src/app.py
git commit -q -am 'Run returns four'
printf 'helper = 2\n' > src/helper.py
git stash -q
printf 'def run():\n    return 4\n\n\ndef stop():\n    return 0\n' > src/app.py
printf 'notes\n' > notes.txt
printf 'staged\n' > docs/staged.md
git add docs/staged.md
printf 'x\n' > run.log
mkdir tmp && printf 'y\n' > tmp/scratch
