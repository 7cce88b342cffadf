using System.Collections.Immutable;
using CoAgent.Trials.Support;

namespace CoAgent.Trials.Commands;

/// <summary>A command line as an agent writes it, and the tree that it is written for.</summary>
/// <param name="Category">What kind of line it is: the name of its file.</param>
/// <param name="Number">Its place in the whole corpus, from 1.</param>
/// <param name="Tree">The name of the tree that it starts in.</param>
/// <param name="Text">The line; <c>{outside}</c> and <c>{site}</c> stand for a folder that is not coordinated, and for an HTTP server.</param>
internal sealed record CorpusLine(string Category, int Number, string Tree, string Text)
{
    /// <summary>Whether it is never run, not even behind walls: what it names is real.</summary>
    public bool IsNeverRun { get; init; }

    /// <summary>Whether what it prints or writes holds what differs from run to run: a time, a process number.</summary>
    public bool Varies { get; init; }

    /// <summary>Whether it takes one of several names from a file: taken back, the name is there again as a file of its own, a known limit.</summary>
    public bool PartsNames { get; init; }

    /// <summary>Whether it is there to be refused, held or thrown away.</summary>
    public bool IsDangerous => Category == "dangerous";

    /// <summary>Whether it talks to somebody.</summary>
    public bool IsNetwork => Category == "network";
}

/// <summary>Command lines of agents by category, kept as text beside this file.</summary>
/// <remarks>
/// A line is a command. What stands between two lines of <c>%%</c> is one command of several lines. <c>@tree NAME</c> holds for all that
/// follow; <c>@never</c>, <c>@varies</c> and <c>@parts</c> hold for the next one.
/// </remarks>
internal static class CommandCorpus
{
    private const string Fence = "%%";

    /// <summary>The folder of the corpus and of the scripts that make its trees.</summary>
    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "CoAgent.Trials", "Commands");

    /// <summary>All lines, in the order of their categories' names.</summary>
    public static ImmutableArray<CorpusLine> All { get; } = Load();

    private static ImmutableArray<CorpusLine> Load()
    {
        var lines = ImmutableArray.CreateBuilder<CorpusLine>();
        foreach (var file in Directory.GetFiles(Path.Combine(Folder, "Corpus"), "*.txt").Order(StringComparer.Ordinal))
        {
            AddAll(lines, Path.GetFileNameWithoutExtension(file), File.ReadAllLines(file));
        }

        return lines.ToImmutable();
    }

    private static void AddAll(ImmutableArray<CorpusLine>.Builder lines, string category, string[] text)
    {
        var (tree, isNeverRun, varies, parts) = ("", false, false, false);
        List<string>? block = null;
        foreach (var line in text)
        {
            switch (line)
            {
                case Fence when block is null or { Count: 0 }:
                    block = [];
                    break;
                case Fence:
                    Add(string.Join('\n', block!));
                    block = [];
                    break;
                case var _ when line.StartsWith("@tree ", StringComparison.Ordinal):
                    (tree, block) = (line["@tree ".Length..], null);
                    break;
                case "@never":
                    isNeverRun = true;
                    break;
                case "@varies":
                    varies = true;
                    break;
                case "@parts":
                    parts = true;
                    break;
                case var _ when block is not null:
                    block.Add(line);
                    break;
                case not "":
                    Add(line);
                    break;
            }
        }

        void Add(string command)
        {
            lines.Add(new CorpusLine(category, lines.Count + 1, tree, command) { IsNeverRun = isNeverRun, Varies = varies, PartsNames = parts });
            (isNeverRun, varies, parts) = (false, false, false);
        }
    }
}
