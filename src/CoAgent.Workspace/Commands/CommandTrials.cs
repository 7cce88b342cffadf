using System.Collections.Immutable;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Layers;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Commands;

/// <summary>Tries commands in layers.</summary>
/// <param name="root">The root.</param>
/// <param name="findLayers">The layers of this machine; null where there are none.</param>
internal sealed class CommandTrials(WorkspaceRoot root, Func<Task<CommandLayers?>> findLayers)
{
    /// <summary>Whether there are layers here.</summary>
    internal async Task<bool> ArePossibleAsync() => await findLayers() is not null;

    /// <summary>Tries a command.</summary>
    internal async Task<Trying> TryAsync(CommandTrial trial, CancellationToken cancellationToken)
    {
        LayerRun? run = null;
        var isKept = false;
        try
        {
            run = await findLayers() is { } layers ? await layers.RunAsync(trial.Line, trial.ToOptions(), cancellationToken) : null;
            if (run is null)
            {
                return new Trying.NoLayer();
            }

            if (run.Refused is { } refusal)
            {
                return new Trying.Refused("it " + refusal.Reason);
            }

            var tried = await Task.Run(() => Look(run, trial, cancellationToken), cancellationToken);
            isKept = true;
            return new Trying.Ran(tried);
        }
        catch (NotCapturableException fault)
        {
            return new Trying.Refused(fault.Message);
        }
        finally
        {
            if (!isKept)
            {
                run?.Dispose();
            }
        }
    }

    private TriedRun Look(LayerRun run, CommandTrial trial, CancellationToken cancellationToken)
    {
        var changes = run.ReadChanges(cancellationToken);
        var touched = TouchedBy(run, trial, changes);
        return new TriedRun(run, changes)
        {
            Touched = touched,
            Witness = trial.NeedsWitness && FileStamp.TryOf(run.StartFile) is { } beganAt
                ? RunWitness.TryOf(touched, trial.Earlier, beganAt)
                : null,
        };
    }

    private Touched TouchedBy(LayerRun run, CommandTrial trial, IReadOnlyList<LayerChange> changes)
    {
        if (trial.Foreseen is not { } foreseen)
        {
            return RunFootprint.Of(root, trial.Files, run.Reads, changes);
        }

        var written = RunFootprint.OfChanges(root, trial.Files, changes);
        return Touched.TryCreate(foreseen.Reads, foreseen.Writes.AddRange(written.Writes)) ?? foreseen;
    }
}

/// <summary>A command that is to be tried.</summary>
/// <param name="Line">The command.</param>
internal sealed record CommandTrial(CommandLine Line)
{
    // What only reads is not to refresh what it reads: git writes its index anew where it can.
    private static readonly ImmutableSortedDictionary<string, string> s_reading =
        ImmutableSortedDictionary<string, string>.Empty.Add("GIT_OPTIONAL_LOCKS", "0");

    /// <summary>The tree that it is to find; null: as it is.</summary>
    internal EarlierFiles? Earlier { get; init; }

    /// <summary>Whether it may reach the network.</summary>
    internal bool MayFetch { get; init; }

    /// <summary>What it will touch, where that is known; null: it is to be seen.</summary>
    internal Touched? Foreseen { get; init; }

    /// <summary>Whether it is to be known afterwards what it found.</summary>
    internal bool NeedsWitness { get; init; } = true;

    /// <summary>The view in which it runs.</summary>
    internal IFileView Files => Earlier is { } earlier ? earlier : LiveFiles.Instance;

    internal LayerOptions ToOptions() => new()
    {
        MayFetch = MayFetch,
        // Where nothing is known of it, it shows whether it did what a layer refuses.
        TracesReads = Foreseen is null || !NeedsWitness,
        Earlier = Earlier?.ToTree(),
        Environment = Foreseen is { IsRead: true } ? s_reading : ImmutableSortedDictionary<string, string>.Empty,
    };
}
