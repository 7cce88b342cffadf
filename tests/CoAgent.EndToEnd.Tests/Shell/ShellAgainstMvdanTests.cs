using System.Text;
using System.Text.Json;
using CoAgent.EndToEnd.Tests.Support;
using CoAgent.Tests.ToolSmith.Shell;
using CoAgent.ToolSmith.Shell.Parsing;
using Xunit.Abstractions;

namespace CoAgent.EndToEnd.Tests.Shell;

/// <summary>The shell parser beside mvdan-sh: the same commands with the same words, and as many of each construct.</summary>
public sealed class ShellAgainstMvdanTests(NpmPackages packages, ITestOutputHelper output) : IClassFixture<NpmPackages>
{
    /// <summary>Where the two read a text differently, bash agrees with ours (or it cannot be told from the text).</summary>
    private static readonly string[] s_known =
    [
        // The span of a command within nested backquotes; the other parser's ends one character late.
        "echo \"nested: `echo \\`echo deep\\``\"",

        // bash takes a here-document that the text's end ends, and warns.
        "cat <<EOF\nunterminated body",
    ];

    [Fact]
    public async Task The_corpus_has_the_same_commands() => Compare(ShellCorpus.All, await OutlinesAsync(ShellCorpus.All), 0);

    [Theory]
    [InlineData(61)]
    [InlineData(62)]
    public async Task Generated_lines_have_the_same_commands(int seed)
    {
        output.WriteLine($"seed {seed}");
        var shell = new GeneratedShell(seed);
        List<string> texts = [.. Enumerable.Range(0, 150).Select(_ => shell.Line())];
        Compare(texts, await OutlinesAsync(texts), 2);
    }

    private void Compare(IReadOnlyList<string> texts, IReadOnlyList<TreeOutline?> theirs, int differencesMax)
    {
        var differences = new List<string>();
        for (var index = 0; index < texts.Count; index++)
        {
            var ours = ShellParser.Parse(texts[index], ShellCorpus.Limits) is ParseOutcome.Parsed { Script: var script } ? TreeOutline.Of(script) : null;
            if (ours?.ToString() != theirs[index]?.ToString() && !s_known.Contains(texts[index]))
            {
                differences.Add($"{texts[index]}\nours: {ours}\ntheirs: {theirs[index]}");
            }
        }

        output.WriteLine($"{texts.Count} texts, {theirs.Count(static one => one is null)} refused by mvdan-sh, {differences.Count} differences");
        differences.ForEach(output.WriteLine);
        Assert.True(differences.Count <= differencesMax, string.Join("\n---\n", differences.Take(10)));
    }

    private async Task<IReadOnlyList<TreeOutline?>> OutlinesAsync(IReadOnlyList<string> texts)
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromMinutes(8));
        var script = Path.Combine(Repository.Root, "tests", "CoAgent.EndToEnd.Tests", "Shell", "outline.js");
        await using var node = TestProcess.Start(packages.Node, [script, packages.ShellParser]);
        using var reader = new StreamReader(node.Output);
        var said = reader.ReadToEndAsync(bound.Token);
        await node.Input.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(texts.Select(static text => text + "\0"))), bound.Token);
        node.CloseInput();
        var lines = (await said).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(texts.Count, lines.Length);
        return [.. lines.Select(static line => line == "fault" ? null : JsonSerializer.Deserialize<TreeOutline>(line))];
    }
}
