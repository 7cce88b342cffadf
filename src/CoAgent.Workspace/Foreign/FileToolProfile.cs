using System.Text.Json;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Trajectories;
using CoAgent.Runtime.Tools;
using CoAgent.Workspace.Effects;
using Touched = CoAgent.Protocol.Objects.Footprint;

namespace CoAgent.Workspace.Foreign;

/// <summary>The tools of a <c>server-filesystem</c>: what they touch, and how it is captured and taken back. The server itself executes them.</summary>
/// <remarks>
/// Its reads go to the server, so that they are answered with later writes unwound. A call that the server will refuse for its arguments touches
/// nothing. What the server has in the making when it dies stays beside the file, under a name of the server's own.
/// </remarks>
internal sealed class FileToolProfile(FilesystemServer server, IContentSource contents) : IToolProfile
{
    private const string Top = "/";
    private readonly FileEffects _files = new(WorkspaceLimits.Default, contents, Top, static (change, cancellationToken) => Task.Run(change, cancellationToken));

    public Declaring Declare(ListedTool tool, JsonElement arguments)
    {
        if (Bind(tool.Name, arguments) is not { } bound)
        {
            return new Declaring.Unknown("What the call touches cannot be told from its arguments.");
        }

        var touched = ToPatterns(bound);
        var key = PositionedFootprints.KeyOf(tool.Name, arguments);
        return new Declaring.Known(new ToolDeclaration(new CallDeclaration(_files.Positions.Widen(key, touched) ?? Everything(touched.IsRead))
        {
            View = ReadView.Rewind,
            CanReread = bound.CanReread,
            IsReplaySafe = true,
            IsInverseIdempotent = true,
            HasProbe = true,
        }));
    }

    public async ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken) => await FileEffects.GuardAsync(
        effect.Call.Request.Tool,
        () => Task.Run(
            () =>
            {
                using var arguments = JsonDocument.Parse(effect.Call.Request.ArgumentsUtf8, new JsonDocumentOptions { MaxDepth = 1_000 });
                return Bind(effect.Call.Request.Tool, arguments.RootElement) is { } bound
                    ? _files.Prepare(effect, PositionedFootprints.KeyOf(effect.Call.Request.Tool, arguments.RootElement), ToPatterns(bound), bound.Then, cancellationToken)
                    : new Preparation.NotPossible(FileEffects.Changed);
            },
            cancellationToken));

    public ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken) =>
        ValueTask.FromResult(FileEffects.LookAfter(prepared));

    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        _files.InvertAsync(captured, cancellationToken);

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        FileEffects.ProbeAsync(captured, cancellationToken);

    private FileToolCall? Bind(string tool, JsonElement arguments)
    {
        try
        {
            return FileToolCall.Bind(server, tool, arguments);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The way to a file cannot be looked at: it could be any.
            return null;
        }
    }

    private static Touched ToPatterns(FileToolCall bound)
    {
        var reads = bound.Reads.Select(ObjectPattern.TryParse).ToList();
        var writes = bound.Writes.Select(ObjectPattern.TryParse).ToList();
        return reads.Concat(writes).All(static pattern => pattern is not null)
            && Touched.TryCreate(reads.Select(static pattern => pattern!.Value), writes.Select(static pattern => pattern!.Value)) is { } touched
            ? touched
            : Everything(bound.Writes.Count == 0);
    }

    // Deeper than ids go, or more than a footprint holds.
    private static Touched Everything(bool isRead)
    {
        var all = ObjectPattern.Parse("file:/**");
        return Touched.Create([all], isRead ? [] : [all]);
    }
}
