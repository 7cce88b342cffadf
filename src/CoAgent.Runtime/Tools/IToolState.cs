using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;

namespace CoAgent.Runtime.Tools;

/// <summary>A kind of state that is seen, captured and restored from outside of the server that changes it (docs/catalog.md, <c>state</c>).</summary>
/// <remarks>As for <see cref="IToolWorld"/>: whatever happens is an outcome.</remarks>
public interface IToolState
{
    /// <summary>Its name in manifests.</summary>
    string Name { get; }

    /// <summary>What a call touches, at its position too.</summary>
    /// <param name="call">The call, and what its manifest says of it.</param>
    /// <returns>Null where it cannot tell: the call is taken as one of an unknown tool.</returns>
    Footprint? Declare(StatefulCall call);

    /// <summary>Captures what the inverse of a write needs.</summary>
    /// <remarks>Called on a thread that may wait for a disk.</remarks>
    ValueTask<Preparation> PrepareAsync(StatefulCall call, WriteEffect effect, CancellationToken cancellationToken);

    /// <summary>What a write has left, right after its tool has answered; empty when nobody can tell.</summary>
    ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        StatefulCall call, WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken);

    /// <summary>Takes a write back, unless somebody outside has changed what it left.</summary>
    ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken);

    /// <summary>Finds out whether a write happened.</summary>
    ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken);
}

/// <summary>A call as a kind of state sees it.</summary>
/// <param name="Server">The server.</param>
/// <param name="Tool">What the server calls the tool.</param>
/// <param name="Arguments">The call's arguments.</param>
/// <param name="Bound">What the manifest's footprint gives for them, ways and links included; bound anew each time.</param>
/// <param name="With">What the manifest says under <c>with</c>, filled in: an object.</param>
public sealed record StatefulCall(ForeignServer Server, string Tool, JsonElement Arguments, Footprint Bound, JsonElement With)
{
    /// <summary>What relative paths start from: full paths; empty where nobody knows.</summary>
    public ImmutableArray<string> Directories { get; init; } = [];
}
