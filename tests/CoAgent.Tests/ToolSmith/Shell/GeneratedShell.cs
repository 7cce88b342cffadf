using System.Globalization;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>Writes random shell from a grammar; the same seed gives the same text.</summary>
internal sealed class GeneratedShell(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Any construct that the parser knows; made to be parsed, not to be run.</summary>
    public string Line() => List(3);

    /// <summary>One word whose expansion runs nothing.</summary>
    public string Word()
    {
        var word = string.Concat(Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => WordPart(2)));
        return word[0] is '#' or '-' ? "w" + word : word;
    }

    /// <summary>A script that may be run: it calls <c>probe</c>, changes directories below its own, and assigns.</summary>
    public string Script() => string.Join('\n', Enumerable.Range(0, 2 + _random.Next(4)).Select(_ => Step(3)));

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private string Number() => _random.Next(20).ToString(CultureInfo.InvariantCulture);

    private string List(int depth) =>
        string.Concat(Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => AndOr(depth) + Pick("; ", "\n", " & ", " ; "))) + AndOr(depth);

    private string AndOr(int depth) => _random.Next(4) == 0 ? Pipe(depth) + Pick(" && ", " || ", "&&", " ||\n") + Pipe(depth) : Pipe(depth);

    private string Pipe(int depth) => _random.Next(4) == 0 ? Command(depth) + Pick(" | ", "|", " |& ") + Command(depth) : (depth == 3 ? Pick("", "", "", "! ", "time ") : Pick("", "", "! ")) + Command(depth);

    private string Command(int depth)
    {
        if (depth == 0 || _random.Next(3) > 0)
        {
            return Simple(depth);
        }

        var body = List(depth - 1);
        return _random.Next(12) switch
        {
            0 => $"{{ {body}; }}".Replace("& ;", ";", StringComparison.Ordinal),
            1 => $"( {body} )",
            2 => $"if {Simple(0)}; then {body}\nfi",
            3 => $"if {Simple(0)}; then {body}\nelif {Simple(0)}; then {body}\nelse {body}\nfi",
            4 => $"{Pick("while", "until")} {Simple(0)}; do {body}\ndone",
            5 => $"for v in {Argument(1)} {Argument(1)}; do {body}\ndone",
            6 => $"for ((i=0; i<{Number()}; i++)); do {body}\ndone",
            7 => $"case {Argument(0)} in a|b) {body}\n;; *) {Simple(0)};; esac",
            8 => $"[[ {Pick("-f", "-n", "-d")} {Argument(0)} && {Argument(0)} {Pick("==", "!=", "-nt")} {Argument(0)} ]]",
            9 => $"(( i {Pick("+=", "*=", "<")} {Number()} ))",
            10 => $"f() {{ {body}\n}}",
            _ => $"function g {{ {body}\n}}",
        } + (_random.Next(4) == 0 ? " " + Redirection() : "");
    }

    private string Simple(int depth) =>
        Pick("", "", "", "a=1 ", "b=\"$x\" ", "c=(x y)\n")
        + Pick("ls", "echo", "grep -q", "rm -f", "./run", "git add")
        + string.Concat(Enumerable.Range(0, _random.Next(3)).Select(_ => " " + Argument(depth)))
        + (_random.Next(4) == 0 ? " " + Redirection() : "");

    private string Redirection() =>
        Pick("> ", ">>", "2>", "< ", "&>", "<<< ", ">| ", "2>> ", "3<") + Pick("out", "\"$x\"", "a.txt", "'q'") + Pick("", "", " 2>&1", " 3>&-");

    private string Argument(int depth)
    {
        var argument = string.Concat(Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => depth == 0 || _random.Next(3) > 0 ? WordPart(1) : Substitution(depth)));
        return argument[0] == '#' ? "w" + argument : argument;
    }

    private string Substitution(int depth) => _random.Next(5) switch
    {
        0 => $"$( {List(depth - 1)}\n)",
        1 => $"\"$({Simple(0)})\"",
        2 => $"`{Pick("ls -l", "echo \\$x", "pwd; id")}`",
        3 => $"<({Simple(0)})",
        _ => $"$(({Number()} + {Number()} * (i - 1)))",
    };

    private string WordPart(int depth) => _random.Next(14) switch
    {
        0 => Pick("'single $q'", "''", "'a*b'", "'{a,b}'"),
        1 => Pick("\"double $x\"", "\"\"", "\"$e\"", "\"a  b\"", "\"${path##*/}\"", "\"\\$\\\"\\n\""),
        2 => Pick("$x", "${x}", "$e", "$path", "${x:-d}", "${e:-d e}", "${e-q}", "${x:+alt}"),
        3 => Pick("${path##*/}", "${path%/*}", "${path%.*}", "${path#/}", "${path%%.*}", "${x%o*}", "${path#*/}"),
        4 => Pick("${x/one/1}", "${path//\\//_}", "${x/#one/}", "${x/%two/2}", "${path//./}", "${x// /-}"),
        5 => Pick("${x:0:2}", "${x:3}", "${#x}", "${x^}", "${x^^}", "${path:1:3}"),
        6 => Pick("\\ ", "\\$", "\\\\", "\\*", "\\n", "\\\"", "\\'", "\\{"),
        7 => Pick("$'a\\tb'", "$'it\\'s'", "$'\\x41\\101'", "$'\\n'"),
        8 => Pick("*.none", "?x", "[ab]z", "*"),
        9 => Pick("~", "~/d", "a~", "x=~/y:~"),
        10 when depth > 0 => "{" + WordPart(depth - 1) + "," + WordPart(depth - 1) + Pick("}", "}", ",}", ",b}"),
        11 => Pick("{1..4}", "{a..c}", "{03..1}", "{1..9..3}", "{x}", "{}", "{a,b", "a,b}", "{1..b}"),
        12 => Pick("-n", "a.txt", "src/b", "--opt=v", "+%s", "a:b", "@", "%1", "^", "x=1"),
        _ => Pick("a", "foo", "b-c", "_", "Q"),
    };

    private string Step(int depth)
    {
        var kind = _random.Next(depth == 0 ? 6 : 18);
        return kind switch
        {
            0 or 1 or 2 => Probe(),
            3 => Pick("cd a", "cd b", "cd missing", "cd ..", "cd ./a", "cd \"$d\"", "cd"),
            4 => Pick("v=1", "v=a", "v=$v.x", "d=a", "d=b", "unset v", "export v", "readonly r=1", "v+=z", "local l=1", "r=2", "declare -i n=1+1"),
            5 => Pick("true", "false", ": ${w:=dflt}", "((k = 3))", "read -r v <<< input", "set -e", "shift", "set -- p q"),
            6 => $"{Step(0)} && {Step(0)}",
            7 => $"{Step(0)} || {Step(0)}",
            8 => $"if {Step(0)}; then {Step(depth - 1)}\nelse {Step(depth - 1)}\nfi",
            9 => $"for v in {Pick("1 2", "a *.t", "$v", "{x,y}", "$(echo s)")}; do {Step(depth - 1)}\n{Pick("", "break", "continue", "v=after")}\ndone",
            10 => $"( {Step(depth - 1)}\n{Step(0)} )",
            11 => $"{{ {Step(depth - 1)}\n{Step(0)}\n}}",
            12 => $"f() {{ {Step(0)}\n{Step(depth - 1)}\n{Pick("", "return 1", "return")}\n}}\nf {Pick("1", "a b", "\"$v\"", "")}",
            13 => $"case $v in a) {Step(depth - 1)} ;{Pick(";", "&", ";&")} *x) {Step(0)} ;; *) {Probe()} ;; esac",
            14 => $"{Step(0)} | {Step(0)}",
            15 => $"eval '{Step(0).Replace("'", "", StringComparison.Ordinal)}'",
            16 => $"{Pick("v=env ", "")}bash -c '{Step(0).Replace("'", "", StringComparison.Ordinal)}' {Pick("", "n one two")}",
            _ => $"k=0; while [ $k -lt 2 ]; do k=$((k+1)); {Step(depth - 1)}\ndone",
        };
    }

    private string Probe() =>
        Pick("", "", "", "v=tmp ", "command ", "env ", "timeout 5 ", "nice ", "find a -prune -exec ")
        is var before && before.StartsWith("find", StringComparison.Ordinal)
            ? "find . -maxdepth 0 -exec probe {} " + Pick("one", "$v") + " \\;"
            : before + "probe " + Number() + Pick("", " $v", " \"$v\"", " \"$d\" x", " ${v:-none}", " *.t", " \"$@\"", " $1", " ${v%a}", " \"$PWD\"", " $w", " $n", " $r");
}
