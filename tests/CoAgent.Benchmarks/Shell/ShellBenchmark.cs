using System.Collections.Immutable;
using System.Diagnostics;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Processes;
using CoAgent.Benchmarks.Reports;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Rules;
using CoAgent.ToolSmith.Shell.Inventory;
using CoAgent.ToolSmith.Shell.Parsing;
using CoAgent.Workspace;
using CoAgent.Workspace.Commands;
using CoAgent.Workspace.Files;

namespace CoAgent.Benchmarks.Shell;

/// <summary>What it costs to understand a command line: parsing it, finding all that it may do, and what that touches by the rules.</summary>
internal static class ShellBenchmark
{
    /// <summary>Usual lines, from short to long.</summary>
    private static readonly (string Name, string Line)[] s_lines =
    [
        ("one command", "ls -la src"),
        ("search in a pipeline", "cd src && grep -rn \"foo\" --include='*.cs' . | head -20"),
        ("commit", "git add -A && git commit -m \"fix: the parser's limits\" 2>&1 | tail -5"),
        ("loop over a pattern", "for f in src/*.py; do sed -i \"s/old/new/g\" \"$f\" && echo \"done: ${f##*/}\"; done"),
        ("here-document", "cat > config.yml <<'EOF'\nname: x\nports:\n  - 80\n  - 443\nEOF"),
        ("shell in a shell", "timeout 60 bash -c 'cd build && cmake .. && make -j4' > build.log 2>&1; tail -5 build.log"),
    ];

    private static readonly ImmutableSortedDictionary<string, string> s_environment = new Dictionary<string, string>
    {
        ["HOME"] = "/home/u",
        ["PATH"] = "/usr/bin:/bin",
        ["TMPDIR"] = "/tmp/scratch",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    public static int Run(ShellOptions options)
    {
        var state = ShellState.Start("/work", [new("HOME", "/home/u"), new("PATH", "/usr/bin:/bin")]);
        var limits = new ParseLimits();
        var table = new MarkdownTable("a line", "parse, median µs", "p99 µs", "parse and inventory, median µs", "p99 µs", "parse and rules, median µs", "p99 µs", "bytes");
        var (analyst, files) = (new CommandAnalyst(), new TreeNames(new WorkspaceRoot(Publishing.FindRepository()), LiveFiles.Instance));
        foreach (var (name, line) in s_lines)
        {
            Console.Error.WriteLine(name);
            var parse = Measure(() => ShellParser.Parse(line, limits), options.Rounds, out _);
            var whole = Measure(() => CommandInventory.Of(line, state, limits), options.Rounds, out _);
            var asked = new ShellLine(line, files.Root, s_environment);
            var rules = Measure(() => analyst.Analyse(asked, files), options.Rounds, out var bytes);
            table.Add([name, .. Shown(parse), .. Shown(whole), .. Shown(rules), $"{bytes:N0}"]);
        }

        Console.WriteLine(table);
        return 0;
    }

    private static string[] Shown(List<double> microseconds) => [$"{Statistics.Median(microseconds):N1}", $"{P99(microseconds):N1}"];

    private static List<double> Measure(Func<object> work, int rounds, out long bytes)
    {
        for (var warm = 0; warm < rounds; warm++)
        {
            _ = work();
        }

        var microseconds = new List<double>(rounds);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            _ = work();
            microseconds.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        bytes = (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
        return microseconds;
    }

    private static double P99(IEnumerable<double> values) => Statistics.Quantile([.. values.Order()], 0.99);
}
