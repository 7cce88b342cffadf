using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;

namespace CoAgent.Workspace.Layers;

/// <summary>Runs commands in layers over one root.</summary>
/// <param name="support">How layers are made here.</param>
/// <param name="root">The root, by its canonical path.</param>
/// <param name="limits">How much a command may use.</param>
/// <param name="time">The clock of timeouts.</param>
internal sealed class CommandLayers(LayerSupport support, string root, WorkspaceLimits limits, TimeProvider time)
{
    /// <summary>Why the last layer could not be made; null when it could.</summary>
    internal string? Fault { get; private set; }

    /// <summary>Runs a command; in a copy of the tree where a layer cannot take what it does.</summary>
    /// <returns>How it ended; null when a layer could not be made, and the command was not begun.</returns>
    /// <exception cref="NotCapturableException">It needs a copy of the tree, and that is too large.</exception>
    internal async Task<LayerRun?> RunAsync(CommandLine line, LayerOptions options, CancellationToken cancellationToken)
    {
        if (HoldsMounts())
        {
            Fault = "other file systems are mounted below the root";
            return null;
        }

        // Mounts and sockets of others come and go while walls are put up: one that was in the way is gone at the second try. The command was not begun.
        var attempt = support.HasOverlays
            ? await TryAsync(line, options, cancellationToken) ?? await TryAsync(line, options, cancellationToken)
            : null;
        if (attempt is not { NeedsCopy: true } && support.HasOverlays)
        {
            return attempt?.Run;
        }

        attempt?.Run.Dispose();
        var copy = await Layer.CopyAsync(support, root, limits, options, cancellationToken);
        return (await RunInAsync(copy, line, options, cancellationToken))?.Run;
    }

    private async Task<Attempt?> TryAsync(CommandLine line, LayerOptions options, CancellationToken cancellationToken)
    {
        var layer = await Layer.TryCreateAsync(support, root, limits, options, cancellationToken);
        return layer is null ? null : await RunInAsync(layer, line, options, cancellationToken);
    }

    private async Task<Attempt?> RunInAsync(Layer layer, CommandLine line, LayerOptions options, CancellationToken cancellationToken)
    {
        var isKept = false;
        try
        {
            var run = new CommandRun(line, limits, time, layer);
            var answer = await run.RunAsync(cancellationToken);
            if (!run.Report.IsReady)
            {
                Fault = answer.Text.ReplaceLineEndings(" ");
                return null;
            }

            Fault = null;
            isKept = true;
            var signs = LayerSigns.Of(layer, run, answer, line, root, options.TracesReads && support.HasTrace, limits);
            return new Attempt(
                new LayerRun(layer, answer)
                {
                    TimedOut = run.TimedOut,
                    Refused = signs.Refused,
                    Reads = signs.Reads,
                },
                signs.NeedsCopy);
        }
        finally
        {
            if (!isKept)
            {
                layer.Dispose();
            }
        }
    }

    // Another file system below the root would not be seen through the layer.
    private bool HoldsMounts() => root == "/" || MountTable.Read().Any(mount => mount.Path != root && LayerSupport.IsBelow(mount.Path, root));

    private sealed record Attempt(LayerRun Run, bool NeedsCopy);
}
