using System.Text.Json;
using CoAgent.Trials.Agents;

namespace CoAgent.Trials.Files;

/// <summary>In the words of an agent that has <c>bash</c> and nothing else.</summary>
internal sealed class BashWords(string root, string folder) : TreeWords(root, folder)
{
    public override Move.Call Begin => new("bash", JsonSerializer.Serialize(new { command = "cat " + BeginName }), IsRead: true);

    public override Move.Call Read(string name) => Ask($"cat {Quoted(name)}");

    public override Move.Call List(string name) => Ask($"ls -1Ap {Quoted(name)}") with { Tidy = SortLines };

    public override Move.Call Write(string name, object content) =>
        Do($"{Making(name)}printf %s {Quoted($"{content}")} > {Quoted(name)}", name);

    public override Move.Call Edit(string name, string old, string now) => Do(
        $"""[ "$(grep -oF -- {Quoted(old)} {Quoted(name)} | wc -l)" = 1 ] && sed -i {Quoted($"s/{Escaped(old)}/{Escaped(now)}/")} {Quoted(name)}""",
        name);

    public override Move.Call MoveTo(string from, string to) => Do($"[ ! -e {Quoted(to)} ] && mv -T {Quoted(from)} {Quoted(to)}", from, to);

    public override Move.Call Remove(string name) => Do($"rm {Quoted(name)}", name);

    public override Move.Call Fill(string from, string to) => Do($"[ ! -e {Quoted(to)} ] && cp -rT {Quoted(from)} {Quoted(to)}", to);

    public override Move.Call MakeDirectory(string name) => Do($"mkdir -p {Quoted(name)}");

    public override Move.Call RemoveAll(string name) => Do($"rm -r {Quoted(name)}");

    /// <summary>Only the last part of the pattern is looked for, at any depth.</summary>
    public override Move.Call Find(string pattern) =>
        Ask($"find . -name {Quoted(pattern[(pattern.LastIndexOf('/') + 1)..])}") with { Tidy = SortLines };

    public override Move.Call Search(string pattern) => Ask($"grep -rn {Quoted(pattern)} .") with { Tidy = SortLines };

    private Move.Call Ask(string command) => Bash(command) with { IsRead = true };

    private Move.Call Do(string command, params string[] touches) => Bash(command) with { Touches = [.. touches] };

    private static string Making(string name) =>
        name.LastIndexOf('/') is var end && end > 0 ? $"mkdir -p {Quoted(name[..end])} && " : "";

    private static string Quoted(string text) => $"'{text.Replace("'", """'\''""", StringComparison.Ordinal)}'";

    private static string Escaped(string text) => text.Aggregate("", static (said, letter) =>
        said + (@"\/.[]*^$&".Contains(letter, StringComparison.Ordinal) ? $"\\{letter}" : $"{letter}"));
}
