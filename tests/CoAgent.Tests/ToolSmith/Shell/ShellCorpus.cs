using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Inventory;
using CoAgent.ToolSmith.Shell.Parsing;
using CoAgent.ToolSmith.Shell.Syntax;
using Repository = CoAgent.Tests.Support.Repository;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>Command lines as agents write them: one a line, and scripts between lines of <c>%%</c>.</summary>
internal static class ShellCorpus
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "CoAgent.Tests", "ToolSmith", "Shell", "Corpus");

    public static IReadOnlyList<string> All { get; } =
    [
        .. File.ReadAllLines(Path.Combine(s_folder, "lines.txt")),
        .. File.ReadAllText(Path.Combine(s_folder, "scripts.txt")).Split("\n%%\n"),
    ];

    public static ParseLimits Limits { get; } = new();

    /// <summary>The shell that the tests start from; the same for our evaluation and for bash's.</summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } =
        new Dictionary<string, string> { ["HOME"] = "/home/u", ["x"] = "one two", ["path"] = "/a/b.c/d.txt", ["e"] = "", ["LC_ALL"] = "C" };

    public static ShellState Start(string directory = "/w") => ShellState.Start(directory, Environment);

    public static ShellScript Parse(string text) => ShellParser.Parse(text, Limits) switch
    {
        ParseOutcome.Parsed { Script: var script } => script,
        ParseOutcome.Faulted { Fault: var fault } => throw new InvalidOperationException($"{fault} in {text}"),
        var other => throw new InvalidOperationException(other.ToString()),
    };

    public static bool Accepts(string text) => ShellParser.Parse(text, Limits) is ParseOutcome.Parsed;

    /// <summary>The words of the only simple command of a line.</summary>
    public static IReadOnlyList<FieldValue> Fields(string line, ShellKnowledge knowledge)
    {
        var command = (Command.Simple)Parse(line).Body.Statements[^1].First.Stages[0].Command;
        var evaluator = new WordEvaluator(knowledge);
        return [.. command.Words.SelectMany(word => evaluator.Fields(word))];
    }
}
