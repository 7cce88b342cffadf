using CoAgent.Protocol.Objects;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Effects;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Foreign;

/// <summary>The state <c>files</c> of manifests: what foreign tools change of files is captured, compared and restored here.</summary>
/// <remarks>
/// What is captured is what the manifest's footprint writes, listings and other schemes aside. Reads go to the server, so that they are answered
/// with later writes unwound. What a server has in the making when it dies stays beside the file, under a name of the server's own.
/// </remarks>
/// <param name="contents">Where captured contents are found again.</param>
public sealed class FileToolState(IContentSource contents) : IToolState
{
    private const string Top = "/";

    private readonly FileEffects _files = new(
        WorkspaceLimits.Default, contents, Top, static (change, cancellationToken) => Task.Run(change, cancellationToken));

    private readonly FilePaths _paths = new();

    /// <inheritdoc/>
    public string Name => "files";

    /// <inheritdoc/>
    public Touched? Declare(StatefulCall call) => _files.Positions.Widen(KeyOf(call), call.Bound) ?? Everything(call.Bound.IsRead);

    /// <inheritdoc/>
    public async ValueTask<Preparation> PrepareAsync(StatefulCall call, WriteEffect effect, CancellationToken cancellationToken) =>
        await FileEffects.GuardAsync(
            call.Tool,
            () => Task.FromResult(_files.Prepare(effect, KeyOf(call), call.Bound, FileLeaves.Of(call, _paths), cancellationToken)));

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        StatefulCall call, WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken) =>
        ValueTask.FromResult(FileEffects.LookAfter(prepared));

    /// <inheritdoc/>
    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        _files.InvertAsync(captured, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        FileEffects.ProbeAsync(captured, cancellationToken);

    // The same call to a server that was started elsewhere is another call.
    private static string KeyOf(StatefulCall call) =>
        string.Join('\0', [PositionedFootprints.KeyOf(call.Tool, call.Arguments), .. call.Directories]);

    private static Touched Everything(bool isRead)
    {
        var all = ObjectPattern.Parse("file:/**");
        return Touched.Create([all], isRead ? [] : [all]);
    }
}
