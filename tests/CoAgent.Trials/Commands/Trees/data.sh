# Tables, documents, archives and a database.
set -eu
mkdir -p in out archive
printf 'id,name,city,amount\n1,Ann,Oslo,20\n2,Bob,Rome,5\n3,Cid,Oslo,17\n4,Dee,Bern,9\n5,Eve,Rome,31\n' > in/people.csv
printf 'id\tqty\n1\t3\n2\t4\n5\t6\n' > in/orders.tsv
printf 'Oslo NO\nRome IT\nBern CH\n' > in/cities.txt
printf '{"users":[{"name":"Ann","age":31,"tags":["a","b"]},{"name":"Bob","age":27,"tags":[]}],"version":2}\n' > in/users.json
printf '{"a":1}\n{"a":2}\n{"a":3}\n' > in/lines.jsonl
i=0; while [ $i -lt 200 ]; do printf '10.0.0.%d - - [%d/Mar/2024] "GET /p%d HTTP/1.1" %d %d\n' $((i % 9)) $((i % 28 + 1)) $((i % 5)) $(( i % 11 ? 200 : 500 )) $((i * 37 % 4000)); i=$((i + 1)); done > in/access.log
printf 'b\na\nc\na\n' > in/letters
printf 'alpha beta gamma\nbeta gamma\n' > in/words.txt
printf '\001\002\003\377\376' > in/bytes.bin
sqlite3 shop.db "create table items(id integer primary key, name text, price integer); insert into items(name, price) values('pen', 2),('ink', 7),('pad', 5); create table orders(id integer primary key, item integer references items(id), qty integer); insert into orders(item, qty) values(1, 10),(3, 2);"
printf 'update items set price = price + 1;\n' > raise.sql
printf 'select name, price from items order by price;\n' > report.sql
mkdir pack && printf 'p1\n' > pack/one && mkdir pack/sub && printf 'p2\n' > pack/sub/two && chmod 600 pack/one
find pack in raise.sql report.sql -exec touch -h -d '2024-01-01 00:00:00 UTC' {} +
tar --sort=name --owner=0 --group=0 -czf archive/pack.tar.gz pack
tar --sort=name --owner=0 --group=0 -cf archive/pack.tar pack
zip -q -X -r archive/pack.zip pack
gzip -nk -c in/words.txt > archive/words.gz
printf 'hello\n' > archive/hello.txt
printf -- '--- a/in/letters\n+++ b/in/letters\n@@ -1,4 +1,4 @@\n-b\n+B\n a\n c\n a\n' > letters.patch
