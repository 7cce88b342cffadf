using System.Text.Json;
using CoAgent.Runtime.Tools;

namespace CoAgent.Tests.Effects;

/// <summary>Describes the tools of <see cref="KeyWorld"/> as those of a foreign server, for servers that are known by a name.</summary>
internal sealed class KeyProfiles(KeyWorld world) : IToolProfiles, IToolProfile
{
    /// <summary>The name that a described server gives itself; null where every server is described.</summary>
    public string? OwnName { get; init; }

    /// <summary>How often an inverse fails before it runs.</summary>
    public int FailureCount { get; set; }

    public IToolProfile? Find(ForeignServer server) => OwnName is null || server.OwnName == OwnName ? this : null;

    public ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Find(server));

    public Declaring Declare(ListedTool tool, JsonElement arguments) => KeyWorld.Declare(tool.Name, arguments) is { } declaration
        ? new Declaring.Known(declaration)
        : new Declaring.Unknown("It is no tool of this world.");

    public ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken) =>
        world.PrepareAsync(effect, cancellationToken);

    public ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken) =>
        ValueTask.FromResult<ReadOnlyMemory<byte>>("left"u8.ToArray());

    public ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        FailureCount-- > 0
            ? ValueTask.FromResult<Inversion>(new Inversion.Failed("Not now."))
            : world.InvertAsync(call, captured, cancellationToken);

    public ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken) =>
        world.ProbeAsync(call, captured, cancellationToken);
}
