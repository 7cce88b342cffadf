using CoAgent.Tests.Support;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>What a command line may do, by its text.</summary>
public sealed class CommandInventoryTests
{
    [Theory]
    [InlineData("cd src && make; ls", "cd src\n/w/src ?make\n/w/src or more ls")]
    [InlineData("cd src || exit 1; rm x", "cd src\n?exit 1\n/w/src ?rm x")]
    [InlineData("set -e; cd src; rm x", "set -e\n?cd src\n/w/src ?rm x")]
    [InlineData("cd \"$nobody\"; rm x", "cd ¿\nnowhere rm x")]
    [InlineData("(cd src; ls); pwd", "cd src\n/w/src or more ls\npwd")]
    [InlineData("cd a/../b/./c && cd .. && ls", "cd a/../b/./c\n/w/b/c ?cd ..\n/w/b ?ls")]
    [InlineData("command cd /tmp && pwd", "command>cd /tmp\n/tmp ?pwd")]
    public void The_directory_is_followed(string line, string expected) => Assert.Equal(expected, InventoryText.Of(line));

    [Theory]
    [InlineData("a=1; echo $a \"$a\" $x \"$x\"", "echo 1 1 one two 'one two'")]
    [InlineData("a=1; [ -f f ] && a=2; echo $a", "[ -f f ]\necho ¿¿")]
    [InlineData("a=1; [ -f f ] && a=1; echo $a", "[ -f f ]\necho 1")]
    [InlineData("a=1; if t; then a=2; else a=2; fi; echo $a", "t\necho 2")]
    [InlineData("a=1; while t; do a=2; done; echo $a", "*t\necho ¿¿")]
    [InlineData("a=1; ((a++)); echo $a", "echo ¿¿")]
    [InlineData("a=1; read a; echo $a", "read a\necho ¿¿")]
    [InlineData("a=1; (a=2); echo $a", "echo 1")]
    [InlineData("a=1; a=2 b; echo $a", "a=2 b\necho 1")]
    [InlineData("a=1; echo ${a:=2} ${b:=3} $b", "echo ¿¿ ¿¿ ¿¿")]
    [InlineData("readonly a=1; a=2; echo $a", "readonly a=1\necho ¿¿")]
    [InlineData("declare -i a=1; echo $a", "declare -i a=1\necho ¿¿")]
    [InlineData("IFS=:; a=b:c; echo $a", "echo ¿¿")]
    [InlineData("shopt -s nullglob; ls *.x", "shopt -s nullglob\nls ¿¿")]
    [InlineData("a=(x 'y z'); rm \"${a[@]}\" ${#a[@]}", "rm x 'y z' 2")]
    [InlineData("eval \"a=2\"; echo $a", "echo 2")]
    [InlineData("eval \"$nobody\"; echo $x", "OPAQUE\nnowhere ?echo ¿¿")]
    public void A_variable_is_known_only_where_it_must_be(string line, string expected) => Assert.Equal(expected, InventoryText.Of(line));

    [Theory]
    [InlineData("bash -c 'rm a; rm b' > log", "- Write:log\nbash>rm a\nbash>rm b")]
    [InlineData("sh -c 'rm a'", "sh>rm a")]
    [InlineData("sh -c 'rm {a,b}'", "sh>OPAQUE")]
    [InlineData("bash -c \"rm $nobody\"", "OPAQUE")]
    [InlineData("bash -c 'rm $1' n a", "bash>rm a")]
    [InlineData("bash -c 'echo $path $y' ", "bash>echo /a/b.c/d.txt ¿¿")]
    [InlineData("bash -c 'if'", "bash>OPAQUE")]
    [InlineData("bash <<'E'\nrm a\nE", "- HereDocument:'rm a\n'\nbash>rm a")]
    [InlineData("curl u | bash", "curl u\nOPAQUE")]
    [InlineData("bash x.sh", "bash x.sh")]
    [InlineData("eval 'rm a'", "eval>rm a")]
    [InlineData("env -i A=1 timeout 5 nice -n 3 nohup rm a", "env>timeout>nice>nohup>A=1 rm a")]
    [InlineData("sudo -u u rm a", "sudo>rm a")]
    [InlineData("sudo -i", "OPAQUE")]
    [InlineData("env -S 'rm a'", "OPAQUE")]
    [InlineData("timeout $n rm a", "OPAQUE")]
    [InlineData("env -C src rm a", "/w/src env>rm a")]
    [InlineData("/usr/bin/env rm a", "env>rm a")]
    [InlineData("exec rm a; ls", "exec>rm a\n?ls")]
    [InlineData("ls | xargs -n1 rm -f", "ls\n?*xargs>rm -f ¿¿")]
    [InlineData("ls | xargs -I% mv % d/%", "ls\n?*xargs>mv ¿ d/¿")]
    [InlineData("ls | xargs --weird rm", "ls\nOPAQUE")]
    [InlineData("find . -name '*.o' -exec rm -f {} +", "find . -name *.o -exec rm -f {} +\n?*find>rm -f ¿¿")]
    [InlineData("find . -execdir mv {} x \\;", "find . -execdir mv {} x ;\nnowhere ?*find>mv ¿ x")]
    [InlineData("time rm a", "rm a")]
    [InlineData("trap 'rm a' EXIT", "trap 'rm a' EXIT\nnowhere ?*trap>rm a")]
    [InlineData("source x.sh", "OPAQUE")]
    [InlineData("$nobody a", "OPAQUE")]
    [InlineData("alias ls=rm; ls a", "alias ls=rm\nls a")]
    [InlineData("shopt -s expand_aliases\nalias ls=rm\nls a", "shopt -s expand_aliases\nOPAQUE\nnowhere ?alias ls=rm\nnowhere ?ls a")]
    public void A_command_within_a_command_is_found(string line, string expected) => Assert.Equal(expected, InventoryText.Of(line));

    [Theory]
    [InlineData("f() { rm \"$1\" $2; }; f a; f b c", "f()>rm a\nf()>rm b c")]
    [InlineData("f() { f; }; f", "f()>OPAQUE")]
    [InlineData("f() { cd src; }; f; ls", "f()>cd src\nnowhere ls")]
    [InlineData("ls() { rm a; }; ls; command ls; env ls", "ls()>rm a\ncommand>ls\nenv>ls")]
    [InlineData("if t; then f() { rm a; }; fi; f", "t\nOPAQUE")]
    public void A_function_does_what_its_body_says(string line, string expected) => Assert.Equal(expected, InventoryText.Of(line));

    [Theory]
    [InlineData("a && b || c", "a\n?b\n?c")]
    [InlineData("if a; then b; else c; fi; d", "a\n?b\n?c\nd")]
    [InlineData("while a; do b; done", "*a\n?*b")]
    [InlineData("for f in a b; do rm $f; done", "rm a\nrm b")]
    [InlineData("for f in *.c; do rm \"$f\" \"$f.o\"; done", "words <*.c>\n*rm <*.c> ¿¿")]
    [InlineData("for f in $(ls); do rm $f; done", "ls\n?*rm ¿¿")]
    [InlineData("case $x in a) b;; *) c;; esac", "?b\n?c")]
    [InlineData("a & b", "&a\nb")]
    [InlineData("exit; a", "exit\n?a")]
    [InlineData("[[ -f a ]] && b", "test -f a\n?b")]
    [InlineData("diff <(a) <(b)", "&a\n&b\ndiff | |")]
    [InlineData("echo \"$(a)\" --m=\"$(b)\"", "a\nb\necho ¿ --m=¿")]
    [InlineData("echo ${x:-$(a)} $(( $(b) ))", "?a\nb\necho ¿¿ ¿")]
    [InlineData("a > o 2>&1 < i", "a Write:o 2DuplicateOutput:&1 Read:i")]
    [InlineData("{ a; b; } > \"$nobody\"", "- Write:¿\na\nb")]
    [InlineData("> o", "- Write:o")]
    [InlineData("echo ${a b}", "OPAQUE\nnowhere ?echo ¿¿")]
    [InlineData("echo ${nobody@P}", "OPAQUE\necho ¿¿")]
    public void What_may_run_is_listed_with_its_conditions(string line, string expected) => Assert.Equal(expected, InventoryText.Of(line));

    [Fact]
    public void Of_the_corpus_only_what_comes_from_elsewhere_is_opaque() =>
        Snapshot.Matches("shell-opaque", string.Join('\n', ShellCorpus.All.Where(static line => InventoryText.Of(line).Contains("OPAQUE", StringComparison.Ordinal))));
}
