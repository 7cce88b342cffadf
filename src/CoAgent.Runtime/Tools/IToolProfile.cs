using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Protocol.Objects;

namespace CoAgent.Runtime.Tools;

/// <summary>Which foreign servers somebody has described.</summary>
public interface IToolProfiles
{
    /// <summary>The profile of a server; null when nobody has described it.</summary>
    IToolProfile? Find(ForeignServer server);

    /// <summary>The profile under which a write was captured, whatever has become of the tool's description since.</summary>
    /// <returns>Null when nobody has described the server, and what was captured does not say how the write is taken back.</returns>
    ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken);
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

    /// <summary>Compares what the two say, arguments included.</summary>
    public bool Equals(ForeignServer? other) =>
        other is not null
        && (Name, OwnName, Profile, WorkingDirectory) == (other.Name, other.OwnName, other.Profile, other.WorkingDirectory)
        && Arguments.SequenceEqual(other.Arguments)
        && Environment.SequenceEqual(other.Environment);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, OwnName, Profile, WorkingDirectory, Arguments.Length);
}

/// <summary>A tool as its server lists it.</summary>
/// <param name="Name">What the server calls it.</param>
/// <param name="Definition">The digest of its definition; null when the server has not been asked, or does not list it.</param>
public readonly record struct ListedTool(string Name, ContentId? Definition);

/// <summary>What a profile says of a call.</summary>
public abstract record Declaring
{
    private Declaring()
    {
    }

    /// <summary>What the call touches.</summary>
    /// <param name="Declaration">The declaration.</param>
    public sealed record Known(ToolDeclaration Declaration) : Declaring;

    /// <summary>The call is to be taken as one of a tool that nobody has described.</summary>
    /// <param name="Reason">Why, in a sentence.</param>
    public sealed record Unknown(string Reason) : Declaring
    {
        /// <summary>The command that ends it; null when there is none.</summary>
        public string? Command { get; init; }

        /// <summary>What the server's other calls are known to touch, beside the server's own scope: this one may touch it, too.</summary>
        public ImmutableArray<ObjectPattern> Scope { get; init; } = [];

        /// <summary>Whether it would be known if its server listed it as it was.</summary>
        public bool NeedsDefinition { get; init; }
    }
}

/// <summary>What is known of the tools of a foreign server: what they touch, and how their effects are captured and taken back.</summary>
/// <remarks>The execution itself goes through the server, but for tools of our own. As for <see cref="IToolWorld"/>: whatever happens is an outcome.</remarks>
public interface IToolProfile
{
    /// <summary>What a call touches.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The call's arguments.</param>
    Declaring Declare(ListedTool tool, JsonElement arguments);

    /// <summary>Why every call of a tool is one of an unknown tool, whatever its arguments; null where it is known, or depends on the call.</summary>
    /// <param name="tool">The tool.</param>
    Declaring.Unknown? WhyUnknown(ListedTool tool) => null;

    /// <summary>What of an answer is state: without the members that differ from one time to the next. The agent is shown all of it.</summary>
    /// <param name="tool">What the server calls the tool.</param>
    /// <param name="result">The answer.</param>
    ToolResult Compared(string tool, ToolResult result) => result;

    /// <summary>Executes a call of a tool that CoAgent runs itself, by the steps of its manifest.</summary>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The workspace is going down.</param>
    /// <returns>Null where its server executes it.</returns>
    ValueTask<Execution?> ExecuteAsync(NamedCall call, CancellationToken cancellationToken) => ValueTask.FromResult<Execution?>(null);

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
