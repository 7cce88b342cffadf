using System.Collections.Immutable;
using CoAgent.Runtime.Catalog.Folder;

namespace CoAgent.Proxy.Configuration;

/// <summary>One downstream server: how it is reached and how it is treated.</summary>
/// <remarks>Equal when they say the same, collections included. Prints neither arguments, environment and headers nor a
/// URL's path and query, because clients keep secrets there.</remarks>
public abstract record ServerDefinition
{
    private ServerDefinition(string name, ServerOptions options)
    {
        Name = name;
        Options = options;
    }

    /// <summary>The name under <c>mcpServers</c>.</summary>
    public string Name { get; }

    /// <summary>What <c>coagent.servers</c> says of it.</summary>
    public ServerOptions Options { get; }

    /// <summary>How it is reached, in a word for people: <c>stdio</c>, <c>http</c> or <c>builtin</c>.</summary>
    public abstract string Kind { get; }

    /// <inheritdoc/>
    public sealed override string ToString() => $"{Name} ({Kind})";

    /// <summary>A child process that speaks MCP on its standard streams.</summary>
    /// <param name="Name">The name under <c>mcpServers</c>.</param>
    /// <param name="Options">What <c>coagent.servers</c> says of it.</param>
    /// <param name="Command">The program: a name for the search path, or a path.</param>
    /// <param name="Args">Its arguments, expanded.</param>
    /// <param name="Env">What is added to the environment that it inherits.</param>
    /// <param name="WorkingDirectory">The full path that it starts in; the file's own folder unless it says otherwise.</param>
    public sealed record Stdio(
        string Name,
        ServerOptions Options,
        string Command,
        ImmutableArray<string> Args,
        ImmutableSortedDictionary<string, string> Env,
        string WorkingDirectory) : ServerDefinition(Name, Options)
    {
        /// <inheritdoc/>
        public override string Kind => "stdio";

        /// <summary>Compares what the two say, collections included.</summary>
        public bool Equals(Stdio? other) =>
            base.Equals(other)
            && Command == other.Command
            && WorkingDirectory == other.WorkingDirectory
            && Args.SequenceEqual(other.Args)
            && Env.SequenceEqual(other.Env);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Name, Command, WorkingDirectory, Args.Length, Env.Count);
    }

    /// <summary>A server reached over Streamable HTTP.</summary>
    /// <param name="Name">The name under <c>mcpServers</c>.</param>
    /// <param name="Options">What <c>coagent.servers</c> says of it.</param>
    /// <param name="Url">Where it answers: an absolute http or https address.</param>
    /// <param name="Headers">Headers for every request; names compare without case.</param>
    public sealed record Http(
        string Name,
        ServerOptions Options,
        Uri Url,
        ImmutableSortedDictionary<string, string> Headers) : ServerDefinition(Name, Options)
    {
        /// <inheritdoc/>
        public override string Kind => "http";

        /// <summary>Compares what the two say, collections included.</summary>
        public bool Equals(Http? other) =>
            base.Equals(other)
            && Url.OriginalString == other.Url.OriginalString
            && Headers.SequenceEqual(other.Headers);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Name, Url, Headers.Count);
    }

    /// <summary>A server that comes with CoAgent and runs inside the daemon.</summary>
    /// <param name="Name">The name under <c>mcpServers</c>.</param>
    /// <param name="Options">What <c>coagent.servers</c> says of it.</param>
    /// <param name="Service">Which one: <see cref="Workspace"/>.</param>
    /// <param name="Root">The full path of the folder that it serves.</param>
    public sealed record Builtin(string Name, ServerOptions Options, string Service, string Root)
        : ServerDefinition(Name, Options)
    {
        /// <summary>The service that gives agents one folder: files and bash.</summary>
        public const string Workspace = "workspace";

        /// <inheritdoc/>
        public override string Kind => "builtin";
    }

    /// <summary>The tools of one profile of the catalog that CoAgent runs itself: no configuration names it, and nothing is started for it.</summary>
    /// <param name="Profile">The profile.</param>
    /// <param name="Root">The full path of the folder in which commands run.</param>
    public sealed record Own(string Profile, string Root) : ServerDefinition(CommandTools.ServerOf(Profile), new ServerOptions())
    {
        /// <inheritdoc/>
        public override string Kind => "own";
    }
}
