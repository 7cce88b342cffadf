# Links, names that hurt, modes, and directories with nothing in them.
set -eu
mkdir -p plain empty deep/a/b/c 'with space' locked links
printf 'text\n' > plain/file
printf 'other\n' > plain/other
printf 's\n' > 'with space/a file.txt'
printf 'q\n' > "it's"
printf 'd\n' > '-dash'
printf 'n\n' > "$(printf 'new\nline')"
printf 'u\n' > 'grün.txt'
printf 'star\n' > 'a*b'
printf 'pct\n' > '100%'
printf 'back\n' > 'back\slash'
printf 'h\n' > .hidden
printf 'deep\n' > deep/a/b/c/leaf
ln -s ../plain/file links/to-file
ln -s ../plain links/to-dir
ln -s nowhere links/dangling
ln -s loop links/loop
ln plain/other plain/hard
printf '#!/bin/sh\necho ran\n' > plain/run && chmod 755 plain/run
printf 'ro\n' > plain/readonly && chmod 444 plain/readonly
printf 'priv\n' > locked/secret && chmod 600 locked/secret && chmod 700 locked
printf '#!/usr/bin/env bash\necho "args: $#" "$@"\n' > args.sh && chmod 755 args.sh
: > zero
