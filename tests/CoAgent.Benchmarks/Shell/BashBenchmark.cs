using System.Diagnostics;
using System.Text.Json;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Reports;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;
using CoAgent.ToolSmith.Rules;
using CoAgent.Workspace;
using CoAgent.Workspace.Effects;

namespace CoAgent.Benchmarks.Shell;

/// <summary>What it costs to run a command so that it can be ordered and taken back, beside plain bash in the same tree.</summary>
/// <remarks>Both ways take turns, so that what else the machine does meets both. A call is declared, prepared and executed, or declared and answered.</remarks>
internal static class BashBenchmark
{
    private static readonly (string Name, string Line)[] s_lines =
    [
        ("nothing", "true"),
        ("a read", "cat a.txt"),
        ("a write", "echo more >> a.txt"),
        ("an edit", "sed -i s/alpha/omega/ a.txt"),
        ("a search", "grep -rn class src"),
        ("a state of git", "git status --short"),
        ("a script", "python3 -c \"open('out.txt', 'w').write('x' * 100)\""),
        ("a script that reads", "python3 -c \"print(len(open('a.txt').read()))\""),
    ];

    public static async Task<int> Run(BashOptions options)
    {
        var folder = Directory.CreateTempSubdirectory("coagent-bash-benchmark-");
        try
        {
            Plant(folder.FullName);
            using var tools = new WorkspaceTools(new WorkspaceRoot(folder.FullName), WorkspaceLimits.Default, TimeProvider.System);
            using var effects = new WorkspaceEffects(tools, new Nothing(), new CommandAnalyst());
            var table = new MarkdownTable("a command", "its line", "plain bash, median ms", "ordered, median ms", "over, ms", "p90 over, ms", "declared as");
            foreach (var (name, line) in s_lines)
            {
                Console.Error.WriteLine(name);
                await AddAsync(table, (name, line), new Way(folder.FullName, effects), options.Rounds);
            }

            Console.WriteLine(table);
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task AddAsync(MarkdownTable table, (string Name, string Line) command, Way way, int rounds)
    {
        var (plain, ordered, kind) = (new List<double>(), new List<double>(), "");
        for (var round = -2; round < rounds; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await way.RunPlainAsync(command.Line);
            var between = Stopwatch.GetTimestamp();
            kind = await way.RunOrderedAsync(command.Line);
            var end = Stopwatch.GetTimestamp();
            if (round >= 0)
            {
                plain.Add(Stopwatch.GetElapsedTime(start, between).TotalMilliseconds);
                ordered.Add(Stopwatch.GetElapsedTime(between, end).TotalMilliseconds);
            }
        }

        var over = ordered.Zip(plain, static (ours, theirs) => ours - theirs).Order().ToList();
        table.Add(
            command.Name,
            $"`{command.Line.Replace("|", "\\|", StringComparison.Ordinal)}`",
            $"{Statistics.Median(plain):N1}",
            $"{Statistics.Median(ordered):N1}",
            $"{Statistics.Median(over):N1}",
            $"{Statistics.Quantile([.. over], 0.9):N1}",
            kind);
    }

    private static void Plant(string root)
    {
        File.WriteAllText(Path.Combine(root, "a.txt"), "alpha\n");
        for (var number = 0; number < 200; number++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, "src", $"part{number % 20}")).FullName;
            File.WriteAllText(Path.Combine(folder, $"File{number}.cs"), string.Concat(Enumerable.Repeat($"internal sealed class File{number};\n", 40)));
        }

        using var git = Process.Start(new ProcessStartInfo("bash", ["-c", "git init -q . && git add -A && git -c user.name=n -c user.email=e commit -qm m"])
        {
            WorkingDirectory = root,
        })!;
        git.WaitForExit();
    }

    private sealed class Way(string root, WorkspaceEffects effects)
    {
        private static int s_calls;

        public async Task RunPlainAsync(string line)
        {
            using var process = Process.Start(new ProcessStartInfo("bash", ["-c", line])
            {
                WorkingDirectory = root, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
            })!;
            process.StandardInput.Close();
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
        }

        public async Task<string> RunOrderedAsync(string line)
        {
            var arguments = JsonSerializer.SerializeToElement(new { command = line });
            for (var attempt = 0; attempt < 6; attempt++)
            {
                var declared = await effects.DeclareAsync("bash", arguments, mayTry: true, CancellationToken.None);
                var call = new NamedCall(
                    new CallId(++s_calls), AgentId.Create("a"), new ToolRequest("w", "bash", JsonSerializer.SerializeToUtf8Bytes(arguments)));
                var execution = declared.Call.IsRead ? await ReadAsync(call, declared) : await WriteAsync(call, declared);
                if (execution is Execution.Answered)
                {
                    return declared.Call.IsRead ? "a read" : declared.Call.IsIrreversible ? "irreversible" : $"a write of {declared.Call.Footprint.Writes.Length}";
                }
            }

            throw new InvalidOperationException($"'{line}' was not done.");
        }

        private async Task<Execution> ReadAsync(NamedCall call, ToolDeclaration declared) => await effects.ReadAsync(
            new ReadEffect(call, [], IsReread: false) { Declared = declared.Call.Footprint }, CancellationToken.None);

        private async Task<Execution> WriteAsync(NamedCall call, ToolDeclaration declared)
        {
            var effect = new WriteEffect(call, IsReplay: false, Beneath: null) { Declared = declared.Call.Footprint };
            return await effects.PrepareAsync(effect, CancellationToken.None) is Preparation.Ready ready
                ? await effects.ExecuteAsync(effect, ready, CancellationToken.None)
                : new Execution.NotDone("it was not prepared");
        }
    }

    private sealed class Nothing : IContentSource
    {
        public ValueTask<ReadOnlyMemory<byte>> ReadAsync(ContentId id, CancellationToken cancellationToken) => throw new KeyNotFoundException();
    }
}
