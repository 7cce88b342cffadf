using System.Text;
using CoAgent.ToolSmith.Shell.Evaluation;
using CoAgent.ToolSmith.Shell.Inventory;
using CoAgent.ToolSmith.Shell.Syntax;
using Xunit.Abstractions;

namespace CoAgent.Tests.ToolSmith.Shell;

/// <summary>The parser, the evaluator and the inventory beside real bash.</summary>
public sealed class ShellAgainstBashTests(ITestOutputHelper output)
{
    [Fact]
    public void The_corpus_is_accepted_by_bash_too() => Compare([.. ShellCorpus.All]);

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void Generated_lines_are_accepted_or_not_as_bash_does(int seed)
    {
        output.WriteLine($"seed {seed}");
        var shell = new GeneratedShell(seed);
        Compare([.. Enumerable.Range(0, 300).Select(_ => shell.Line())]);
    }

    /// <summary>A text may be refused that bash takes (then it is opaque), in few cases; never the other way round but where listed.</summary>
    [Theory]
    [InlineData(31)]
    [InlineData(32)]
    public void Mutated_lines_are_refused_where_bash_refuses_them(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var texts = Enumerable.Range(0, 400).Select(_ => Mutations.Of(ShellCorpus.All[random.Next(ShellCorpus.All.Count)], random)).ToList();
        var bash = RealBash.Accepts(texts);
        var taken = texts.Where((text, index) => !bash[index] && ShellCorpus.Accepts(text)).ToList();
        var refused = texts.Where((text, index) => bash[index] && !ShellCorpus.Accepts(text)).ToList();
        output.WriteLine($"{texts.Count} lines, bash takes {bash.Count(static yes => yes)}; only we take {taken.Count}, only bash takes {refused.Count}");
        taken.ForEach(text => output.WriteLine("only we take: " + text));
        refused.ForEach(text => output.WriteLine("only bash takes: " + text));
        Assert.True(taken.Count <= 8, string.Join("\n---\n", taken));
        Assert.True(refused.Count <= 8, string.Join("\n---\n", refused));
    }

    [Theory]
    [InlineData(41)]
    [InlineData(42)]
    public void A_word_that_is_known_is_what_bash_makes_of_it(int seed)
    {
        output.WriteLine($"seed {seed}");
        var shell = new GeneratedShell(seed);
        var knowledge = ShellCorpus.Start().Knowledge;
        var words = Enumerable.Range(0, 1500).Select(_ => shell.Word()).Concat(ShellCorpus.All.SelectMany(Words)).Distinct().ToList();
        var known = words
            .Select(word => (Word: word, Fields: ShellCorpus.Accepts(": " + word) ? ShellCorpus.Fields(": " + word, knowledge).Skip(1).ToList() : null))
            .Where(static pair => pair.Fields is not null && pair.Fields.TrueForAll(static field => field is FieldValue.Text or FieldValue.Pattern))
            .ToList();
        output.WriteLine($"{known.Count} of {words.Count} words are known");
        Assert.True(known.Count > words.Count / 2, $"{known.Count} of {words.Count}");
        using var folder = new ThrowAwayFolder();
        var script = new StringBuilder("t() { printf '%d\\2' $#; [ $# -gt 0 ] && printf '%s\\2' \"$@\"; printf '\\1'; }\n");
        known.ForEach(pair => script.Append("( t ").Append(pair.Word).Append("\n)\n"));
        var said = RealBash.Run(script.ToString(), folder.Path).Split('\u0001');
        Assert.Equal(known.Count + 1, said.Length);
        var wrong = known.Where((pair, index) => Told(pair.Fields!) != said[index]).Select(static pair => pair.Word).ToList();
        Assert.True(wrong.Count == 0, $"seed {seed}: {wrong.Count}\n" + string.Join("\n", wrong.Take(20)));
    }

    /// <summary>Scripts run; each command that bash runs is in the inventory, with its arguments and its directory.</summary>
    [Theory]
    [InlineData(51)]
    [InlineData(52)]
    [InlineData(53)]
    public void What_runs_is_in_the_inventory(int seed)
    {
        output.WriteLine($"seed {seed}");
        using var folder = new ThrowAwayFolder();
        folder.MakeProbe();
        var shell = new GeneratedShell(seed);
        var (ran, opaque) = (0, 0);
        for (var round = 0; round < 120; round++)
        {
            var script = shell.Script();
            var state = ShellCorpus.Start(folder.Path);
            var inventory = CommandInventory.Of(script, state, ShellCorpus.Limits);
            RealBash.Run($": > calls; : > input; /bin/bash -c {Quoted(script)}\n", folder.Path);
            var calls = ProbeCall.Read(File.ReadAllText(Path.Combine(folder.Path, "calls")));
            ran += calls.Count;
            opaque += inventory.IsOpaque ? 1 : 0;
            ProbeCall.Check(calls, inventory, $"seed {seed}, round {round}:\n{script}");
        }

        output.WriteLine($"{ran} calls; {opaque} of 120 scripts opaque");
        Assert.True(ran > 100 && opaque < 60, $"{ran} calls, {opaque} opaque");
    }

    private static void Compare(IReadOnlyList<string> texts)
    {
        var bash = RealBash.Accepts(texts);
        Assert.Empty(texts.Where((text, index) => bash[index] && !ShellCorpus.Accepts(text)));

        // bash 5.2 reads "$(" in its own way where "((" or "time" follow in it; what it refuses does not run.
        var taken = texts.Where((text, index) => !bash[index] && ShellCorpus.Accepts(text)).ToList();
        Assert.True(taken.Count * 100 <= texts.Count, string.Join("\n---\n", taken));
    }

    private static string Quoted(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string Told(List<FieldValue> fields) =>
        $"{fields.Count}\u0002" + string.Concat(fields.Select(static field => (field is FieldValue.Pattern pattern ? pattern.Unmatched : ((FieldValue.Text)field).Value) + "\u0002"));

    /// <summary>The words of the simple commands on the first level of a text.</summary>
    private static IEnumerable<string> Words(string text) => ShellCorpus.Parse(text).Body.Statements
        .Select(static statement => statement.First.Stages is [{ Command: Command.Simple simple }, ..] ? simple : null)
        .OfType<Command.Simple>()
        .SelectMany(static simple => simple.Words)
        .Select(word => text[word.Span.Start..word.Span.End]);
}
