using System.Collections.Concurrent;
using System.Collections.Immutable;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Sessions;
using CoAgent.Runtime.Catalog.Folder;
using CoAgent.Runtime.Tools;

namespace CoAgent.Proxy.Effects;

/// <summary>Which server a call means, how it is reached, and who has described its tools.</summary>
/// <param name="configuration">The configuration, as it is now.</param>
/// <param name="sessions">The clients.</param>
/// <param name="stewards">The daemon's own connections.</param>
/// <param name="profiles">Who has described which server.</param>
/// <param name="root">The full path of the workspace's root: where the tools of our own run.</param>
internal sealed class ServerBook(
    Func<ProxyConfiguration> configuration, SessionDirectory sessions, Stewards stewards, IToolProfiles profiles, string root)
{
    /// <summary>How many servers that clients bring along (<c>coagent wrap</c>) are remembered after their clients have gone.</summary>
    public const int WrappedMax = 1_024;

    private readonly ConcurrentDictionary<(AgentId Agent, string Server), ServerDefinition> _wrapped = new();
    private readonly ConcurrentDictionary<ServerDefinition, ForeignServer> _described = new();

    /// <summary>Takes note of the server of a call, so that the call can be taken back when its client has gone.</summary>
    public void Note(AgentId agent, ServerDefinition definition)
    {
        if (definition is not ServerDefinition.Own && !configuration().Servers.Contains(definition) && _wrapped.Count < WrappedMax)
        {
            _wrapped[(agent, definition.Name)] = definition;
        }
    }

    /// <summary>The server of a call; null when it is in the configuration no longer.</summary>
    public ServerDefinition? Find(NamedCall call) =>
        _wrapped.GetValueOrDefault((call.Agent, call.Request.Server))
        ?? configuration().Servers.FirstOrDefault(server => server.Name == call.Request.Server)
        ?? (CommandTools.ProfileOf(call.Request.Server) is { } profile ? Own(profile) : null);

    /// <summary>The tools of our own that a profile has.</summary>
    public ServerDefinition Own(string profile) => new ServerDefinition.Own(profile, root);

    /// <summary>The ways to the server of a call when its client no longer waits: the agent's own while it lives, then the daemon's own.</summary>
    public IEnumerable<ServerLink> WaysTo(NamedCall call)
    {
        if (Find(call) is not { } definition || definition is ServerDefinition.Own)
        {
            yield break;
        }

        var own = sessions.All
            .Where(session => session.Agents.ContainsKey(call.Agent) || session.Identity.OwnAgent == call.Agent)
            .SelectMany(static session => session.Links)
            .FirstOrDefault(link => link.Definition.Equals(definition) && link.Current is not null);
        if (own is not null)
        {
            yield return own;
        }

        if (stewards.Find(definition) is { } steward)
        {
            yield return steward;
        }
    }

    /// <summary>Who has described the tools of a server, as things are; null when nobody has.</summary>
    /// <param name="definition">The server.</param>
    /// <param name="link">A way to it that is there anyway; null to use the daemon's own where it must be asked for its name.</param>
    public async ValueTask<IToolProfile?> ProfileOfAsync(ServerDefinition definition, ServerLink? link) =>
        profiles.Find(await DescribeAsync(definition, link));

    /// <summary>Who takes a write back: who has captured it, whatever has become of the tool's description since.</summary>
    /// <param name="definition">The server.</param>
    /// <param name="link">A way to it that is there anyway; null to use the daemon's own where it must be asked for its name.</param>
    /// <param name="captured">What was captured for the write.</param>
    /// <param name="cancellationToken">The workspace is going down.</param>
    public async ValueTask<IToolProfile?> ProfileOfAsync(
        ServerDefinition definition, ServerLink? link, Captured captured, CancellationToken cancellationToken) =>
        await profiles.FindAsync(await DescribeAsync(definition, link), captured, cancellationToken);

    // The name that a server gives itself is asked for once; who goes by it may change at any time.
    private async ValueTask<ForeignServer> DescribeAsync(ServerDefinition definition, ServerLink? link)
    {
        if (_described.TryGetValue(definition, out var known))
        {
            return known;
        }

        var nameless = Describe(definition, ownName: null);
        if (nameless.Profile is not null)
        {
            return _described[definition] = nameless; // its own name is never asked for
        }

        if (profiles.Find(nameless) is not null || (link ?? stewards.Find(definition)) is not { } way)
        {
            return nameless;
        }

        return await way.OwnNameAsync() is { } name ? _described[definition] = nameless with { OwnName = name } : nameless;
    }

    private static ForeignServer Describe(ServerDefinition definition, string? ownName) => definition switch
    {
        ServerDefinition.Stdio stdio => new ForeignServer(stdio.Name, ownName, stdio.Options.Profile, [stdio.Command, .. stdio.Args], stdio.WorkingDirectory)
        {
            Environment = stdio.Env,
        },
        ServerDefinition.Own own => new ForeignServer(own.Name, OwnName: null, own.Profile, ImmutableArray<string>.Empty, own.Root),
        _ => new ForeignServer(definition.Name, ownName, definition.Options.Profile, ImmutableArray<string>.Empty, WorkingDirectory: null),
    };
}
