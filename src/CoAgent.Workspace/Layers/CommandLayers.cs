using System.Collections.Immutable;
using CoAgent.Workspace.Bash;
using CoAgent.Workspace.Captures;
using CoAgent.Workspace.Files;
using CoAgent.Workspace.Paths;

namespace CoAgent.Workspace.Layers;

/// <summary>Runs commands in layers over the root, so that the live tree is not touched.</summary>
/// <param name="support">How layers are made on this machine.</param>
/// <param name="root">The canonical path of the root.</param>
/// <param name="limits">How much a command may say, and how many paths it may change.</param>
/// <param name="time">The clock of timeouts.</param>
internal sealed class CommandLayers(OverlaySupport support, string root, WorkspaceLimits limits, TimeProvider time)
{
    // What programs print when the layer, or what is outside it, refuses what a live tree would not.
    private static readonly ImmutableArray<string> LayerErrors =
        ["Invalid cross-device link", "EXDEV", "Value too large for defined data type", "EOVERFLOW"];

    private static readonly ImmutableArray<string> OutsideErrors = ["Read-only file system", "EROFS"];

    /// <summary>Runs a command in a layer.</summary>
    /// <returns>Null where that cannot be done, or would not be what the command does in the live tree.</returns>
    internal async Task<LayerRun?> RunAsync(CommandLine line, LayerOptions options, CancellationToken cancellationToken)
    {
        if (HoldsMounts() || Overlay.TryCreate(support, root) is not { } overlay)
        {
            return null;
        }

        var isKept = false;
        try
        {
            if (options.Earlier is { } earlier && !await EarlierLayer.TryWriteAsync(earlier, root, overlay.Earlier, cancellationToken))
            {
                return null;
            }

            var command = new CommandRun(line, limits, time, overlay) { Environment = options.Environment };
            var answer = await command.RunAsync(cancellationToken);
            if (!overlay.WasReady || command.Complained(answer, LayerErrors))
            {
                return null;
            }

            isKept = true;
            return new LayerRun(
                answer, overlay, token => new UpperLayer(overlay.Upper, root, limits.CaptureEntriesMax).Read(token))
            {
                Reads = new LayerReads.Unseen("it was not traced"),
                StartFile = overlay.Ready,
                Refused = command.Complained(answer, OutsideErrors)
                    ? new RunRefusal(RunRefusalKind.Outside, "it writes outside the workspace")
                    : null,
            };
        }
        finally
        {
            if (!isKept)
            {
                overlay.Dispose();
            }
        }
    }

    // Another file system below the root would not be seen through the layer.
    private bool HoldsMounts()
    {
        var below = PathWalk.Join(root, "");
        return root == "/" || File.ReadLines("/proc/self/mountinfo")
            .Select(static line => line.Split(' ')[4].Replace("\\040", " ", StringComparison.Ordinal))
            .Any(at => at.StartsWith(below, StringComparison.Ordinal));
    }
}
