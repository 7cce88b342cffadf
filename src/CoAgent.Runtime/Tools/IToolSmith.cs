using System.Collections.Immutable;
using System.Text.Json;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Runtime.Tools;

/// <summary>Makes tools of the commands that agents run (design: catalog.md, "ToolSmith"). Off the path of requests; never writes what it looks at.</summary>
public interface IToolSmith
{
    /// <summary>Looks at a command line before it runs: what it is, and the small files that it is about.</summary>
    /// <param name="line">The line.</param>
    /// <param name="directory">The canonical path of the directory that it starts in.</param>
    /// <returns>Null where nothing can be learned of it.</returns>
    SeenCommand? Look(string line, string directory);

    /// <summary>A line that was looked at has run. Returns at once: what is learned of it is learned later, or, where too much waits, not at all.</summary>
    /// <param name="seen">What <see cref="Look"/> returned.</param>
    /// <param name="exitCode">How it ended.</param>
    void Note(SeenCommand seen, int exitCode);

    /// <summary>Finds the tool for a request, or makes one.</summary>
    /// <param name="request">Words, or a command line.</param>
    /// <param name="cancellationToken">Nobody waits for it any more.</param>
    Task<ToolOffer> RequestAsync(string request, CancellationToken cancellationToken);

    /// <summary>Why a call of a grown tool is not made, for the agent; null where it may be.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">The call's arguments.</param>
    string? Refuse(CatalogedTool tool, JsonElement arguments);
}

/// <summary>A command line that was looked at before it ran.</summary>
/// <param name="Line">The line.</param>
public abstract record SeenCommand(string Line);

/// <summary>What is answered to a request for a tool.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Words">The answer, for a model.</param>
public sealed record ToolOffer(ToolOfferKind Kind, string Words)
{
    /// <summary>The tool to call; null where there is none yet.</summary>
    public string? Tool { get; init; }

    /// <summary>The arguments that do what was requested; null where they are not known.</summary>
    public JsonElement? Arguments { get; init; }

    /// <summary>The manifest in the catalog, or in its quarantine; null where there is none.</summary>
    public string? File { get; init; }

    /// <summary>Other tools that may be meant.</summary>
    public ImmutableArray<string> Others { get; init; } = [];
}

/// <summary>What became of a request for a tool.</summary>
public enum ToolOfferKind
{
    /// <summary>There is one already.</summary>
    Existing,

    /// <summary>One was made, and keeps the laws.</summary>
    Grown,

    /// <summary>One was drafted; it could not be tried, or not enough: a person has to say that it is right.</summary>
    Drafted,

    /// <summary>One was drafted and has broken a law.</summary>
    Quarantined,

    /// <summary>There is none, and none can be made of the request.</summary>
    Missing,
}
