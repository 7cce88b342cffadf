using System.Collections.Immutable;
using System.Text.Json;

namespace CoAgent.Runtime.Tools;

/// <summary>Which foreign servers somebody has described.</summary>
public interface IToolProfiles
{
    /// <summary>The profile of a server; null when nobody has described it.</summary>
    IToolProfile? Find(ForeignServer server);
}

/// <summary>A server that runs outside of the daemon, as a profile has to know it.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="OwnName">The name that it gives itself; null when it has not been asked.</param>
/// <param name="Profile">What the configuration says it is to be taken for (<c>"profile"</c>); null when it says nothing.</param>
/// <param name="Arguments">The program that it is started with and its arguments; empty where it is reached over HTTP.</param>
/// <param name="WorkingDirectory">The full path that it starts in; null where it is reached over HTTP.</param>
public sealed record ForeignServer(
    string Name, string? OwnName, string? Profile, ImmutableArray<string> Arguments, string? WorkingDirectory)
{
    /// <summary>What the configuration adds to its environment.</summary>
    /// <value>Nothing.</value>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>What is known of the tools of a foreign server: what they touch, and how their effects are captured and taken back.</summary>
/// <remarks>The execution itself goes through the server. As for <see cref="IToolWorld"/>: whatever happens is an outcome.</remarks>
public interface IToolProfile
{
    /// <summary>What a call touches; null when the tool is not described.</summary>
    /// <param name="tool">What the server calls the tool.</param>
    /// <param name="arguments">The call's arguments.</param>
    ToolDeclaration? Declare(string tool, JsonElement arguments);

    /// <summary>Captures what the inverse of a write needs.</summary>
    ValueTask<Preparation> PrepareAsync(WriteEffect effect, CancellationToken cancellationToken);

    /// <summary>What a write has left, right after its tool has answered; empty when nobody can tell.</summary>
    ValueTask<ReadOnlyMemory<byte>> LookAfterAsync(
        WriteEffect effect, Preparation.Ready prepared, ToolResult result, CancellationToken cancellationToken);

    /// <summary>Takes a write back, unless somebody outside has changed what it left.</summary>
    ValueTask<Inversion> InvertAsync(NamedCall call, Captured captured, CancellationToken cancellationToken);

    /// <summary>Finds out whether a write happened.</summary>
    ValueTask<Finding> ProbeAsync(NamedCall call, Captured captured, CancellationToken cancellationToken);
}
