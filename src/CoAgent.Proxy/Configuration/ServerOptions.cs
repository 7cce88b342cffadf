using System.Collections.Immutable;
using System.IO.Enumeration;

namespace CoAgent.Proxy.Configuration;

/// <summary>Whether a server has one connection for everybody or one for each client session.</summary>
public enum ServerScope
{
    /// <summary>Each client session has a connection of its own.</summary>
    Session,

    /// <summary>The workspace has one connection, which all sessions share.</summary>
    Shared,
}

/// <summary>How one downstream server is treated: <c>coagent.servers.NAME</c>.</summary>
public sealed record ServerOptions
{
    /// <summary>What stands before the names of its tools.</summary>
    /// <value>Absent: names are kept unless two servers clash. Empty: names are always kept.</value>
    public string? Prefix { get; init; }

    /// <summary>Globs (<c>*</c>, <c>?</c>) over the server's own tool names; a tool that none matches is not offered.</summary>
    /// <value>Every tool.</value>
    public ImmutableArray<string> Allow { get; init; } = ["*"];

    /// <summary>Globs over the server's own tool names; a tool that one matches is not offered. Stronger than <see cref="Allow"/>.</summary>
    /// <value>No tool.</value>
    public ImmutableArray<string> Deny { get; init; } = [];

    /// <summary>How long a call may go without an answer or progress.</summary>
    /// <value>One hour.</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Whether sessions share one connection.</summary>
    /// <value><see cref="ServerScope.Session"/>.</value>
    public ServerScope Scope { get; init; }

    /// <summary>The folder of the catalog that describes its tools.</summary>
    /// <value>Absent: the name that the server gives itself.</value>
    public string? Profile { get; init; }

    /// <summary>
    /// Globs over the server's own tool names: tools that run a shell command. The command is looked into and carried out as the workspace's own
    /// <c>bash</c> does, and the server is not asked.
    /// </summary>
    /// <value>No tool.</value>
    public ImmutableArray<string> Shell { get; init; } = [];

    /// <summary>Whether a tool of this server, by its own name, is offered to clients.</summary>
    public bool Offers(string tool) => Matches(Allow, tool) && !Matches(Deny, tool);

    /// <summary>Whether a tool of this server, by its own name, runs a shell command.</summary>
    public bool RunsShell(string tool) => Matches(Shell, tool);

    /// <summary>Compares what the two say, collections included.</summary>
    public bool Equals(ServerOptions? other) =>
        other is not null
        && Prefix == other.Prefix
        && Allow.SequenceEqual(other.Allow)
        && Deny.SequenceEqual(other.Deny)
        && Timeout == other.Timeout
        && Scope == other.Scope
        && Profile == other.Profile
        && Shell.SequenceEqual(other.Shell);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(Prefix, Allow.Length, Deny.Length, Timeout, Scope, Profile, Shell.Length);

    private static bool Matches(ImmutableArray<string> globs, string tool) =>
        globs.Any(glob => FileSystemName.MatchesSimpleExpression(glob, tool, ignoreCase: false));
}
