using System.Diagnostics;
using CoAgent.Benchmarks.Measuring;
using CoAgent.Benchmarks.Reports;
using CoAgent.Workspace;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Layers;

namespace CoAgent.Benchmarks.Layers;

/// <summary>What a layer and its walls cost a command: started, run, ended, and its signs read; changes are read, nothing is put in place.</summary>
internal static class LayersBenchmark
{
    private static readonly (string Name, string Line)[] s_commands =
    [
        ("true", "true"),
        ("sed -i", "sed -i s/a/b/ src/f1.c"),
        ("python3 -c", "/usr/bin/env python3 -c 'print(open(\"src/f1.c\").read()[:3])'"),
        ("git status", "git status --short"),
        ("a build of 20 files", "mkdir -p out && for f in src/*.c; do cc -c -o out/$(basename $f .c).o $f || exit 1; done"),
    ];

    public static async Task<int> RunAsync(LayersOptions options)
    {
        if (await LayerSupport.FindAsync() is not { } support)
        {
            await Console.Error.WriteLineAsync("There are no layers on this machine.");
            return 1;
        }

        var root = Directory.CreateTempSubdirectory("coagent-benchmark-").FullName;
        try
        {
            await FillAsync(root);
            var table = new MarkdownTable("a command, median ms", "plain", "behind walls", "more", "and traced", "more");
            foreach (var (name, line) in s_commands)
            {
                await Console.Error.WriteLineAsync(name);
                var (plain, walls, traced) = await MeasureAsync(support, root, line, options.Rounds);
                table.Add(name, $"{plain:N1}", $"{walls:N1}", $"{walls - plain:N1}", $"{traced:N1}", $"{traced - plain:N1}");
            }

            Console.WriteLine(table);
            return 0;
        }
        finally
        {
            LayerSupport.Remove(root);
        }
    }

    // The three ways take turns, so that a busy moment of the machine meets all of them.
    private static async Task<(double Plain, double Walls, double Traced)> MeasureAsync(LayerSupport support, string root, string line, int rounds)
    {
        var command = new CommandLine(line, root, TimeSpan.FromMinutes(2));
        var layers = new CommandLayers(support, root, WorkspaceLimits.Default, TimeProvider.System);
        var (plain, walls, traced) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = -2; round < rounds; round++)
        {
            var ways = new[]
            {
                await TimeAsync(async () => (await new CommandRun(command, WorkspaceLimits.Default, TimeProvider.System, layer: null).RunAsync(CancellationToken.None)).IsError),
                await TimeAsync(() => InLayerAsync(layers, command, tracesReads: false)),
                await TimeAsync(() => InLayerAsync(layers, command, tracesReads: true)),
            };
            if (round >= 0)
            {
                plain.Add(ways[0]);
                walls.Add(ways[1]);
                traced.Add(ways[2]);
            }
        }

        return (Statistics.Median(plain), Statistics.Median(walls), Statistics.Median(traced));
    }

    private static async Task<bool> InLayerAsync(CommandLayers layers, CommandLine command, bool tracesReads)
    {
        using var run = await layers.RunAsync(command, new LayerOptions { TracesReads = tracesReads }, CancellationToken.None)
            ?? throw new InvalidOperationException($"A layer could not be made: {layers.Fault}");
        _ = run.ReadChanges(CancellationToken.None);
        return run.Answer.IsError || run.Refused is not null;
    }

    private static async Task<double> TimeAsync(Func<Task<bool>> run)
    {
        var start = Stopwatch.GetTimestamp();
        return await run() ? throw new InvalidOperationException("A command failed.") : Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task FillAsync(string root)
    {
        Directory.CreateDirectory(root + "/src");
        for (var file = 0; file < 20; file++)
        {
            await File.WriteAllTextAsync($"{root}/src/f{file}.c", $"#include <stdio.h>\nint f{file}(void) {{ return printf(\"{file}\"); }}\n");
        }

        var line = "git init -q . && git add -A && git -c user.name=n -c user.email=e commit -qm m";
        await new CommandRun(new CommandLine(line, root, TimeSpan.FromMinutes(1)), WorkspaceLimits.Default, TimeProvider.System, layer: null)
            .RunAsync(CancellationToken.None);
    }
}
