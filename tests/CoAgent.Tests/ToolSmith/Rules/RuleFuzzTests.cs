using CoAgent.Runtime.Tools;
using CoAgent.Tests.ToolSmith.Shell;
using CoAgent.ToolSmith.Rules;
using Xunit.Abstractions;

namespace CoAgent.Tests.ToolSmith.Rules;

/// <summary>Whatever a line says, the analyst answers, and always the same.</summary>
public sealed class RuleFuzzTests(ITestOutputHelper output)
{
    private static readonly CommandAnalyst s_analyst = new();

    private static readonly string[] s_words =
    [
        "a", "b", "dir", "dir/", "none/x", "link", "away", "dirlink/e", "*.txt", "d*/*", "[a-z]*", "\"$x\"", "$x", "'s/a/b/w new'", "'{ print > \"new\" }'",
        "-", "--", "-r", "-R", "-f", "-i", "-e", "-n", "-o", "-p", "-C", "-t", "-xzf", "--all", "-exec", "{}", "\\;", "+", "=", "x=1", "/etc/x", "../x", "..",
        "'select 1'", "commit", "add", "checkout", "get", "apply", "install", "https://x/y", ">", "<", ">>", "|", "&&", ";", "&", "(", ")", "$(", "`", "\n", "''",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Every_program_with_any_words_is_answered(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        foreach (var program in CommandRules.Shipped.Programs)
        {
            for (var round = 0; round < 40; round++)
            {
                Answer(program + string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => " " + s_words[random.Next(s_words.Length)])));
            }
        }
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Mutations_of_lines_that_agents_write_are_answered(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            Answer(Mutations.Of(ShellCorpus.All[random.Next(ShellCorpus.All.Count)], random));
        }
    }

    private static void Answer(string text)
    {
        var (first, again) = (Shown(text), Shown(text));
        Assert.True(first == again, $"{text}: {first}, then {again}");
    }

    private static string Shown(string text) => s_analyst.Analyse(AnalysisText.Line(text), AnalysisText.Tree) switch
    {
        CommandAnalysis.Known known => $"{known.Touched} {known.IsIrreversible}",
        var other => $"{other.GetType()}",
    };
}
