using System.CommandLine;

namespace CoAgent.Benchmarks.Layers;

/// <summary>The command line of the benchmark of layers.</summary>
internal static class LayersCommand
{
    public static Command Create(Func<LayersOptions, Task<int>> run)
    {
        var rounds = new Option<int>("--rounds") { Description = "How often each command runs in each way, one way after the other", DefaultValueFactory = static _ => 25 };
        var command = new Command("layers", "Measures commands in a layer, behind walls, beside the same commands in plain bash") { rounds };
        command.SetAction((parsed, _) => run(new LayersOptions(parsed.GetValue(rounds))));
        return command;
    }
}

/// <summary>What the user asked of a run.</summary>
/// <param name="Rounds">How often each command runs in each way.</param>
internal sealed record LayersOptions(int Rounds);
