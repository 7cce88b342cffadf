using System.Collections.Immutable;
using CoAgent.Proxy.Configuration;

namespace CoAgent.Proxy.Sessions;

/// <summary>Which servers a connection reaches.</summary>
internal abstract record ServerSelection
{
    private ServerSelection()
    {
    }

    /// <summary>The servers, in the order of the configuration.</summary>
    public abstract ImmutableArray<ServerDefinition> From(ProxyConfiguration configuration);

    /// <summary>All servers of the configuration.</summary>
    public sealed record All : ServerSelection
    {
        public override ImmutableArray<ServerDefinition> From(ProxyConfiguration configuration) => configuration.Servers;
    }

    /// <summary>The servers named.</summary>
    public sealed record Named(ImmutableArray<string> Names) : ServerSelection
    {
        public override ImmutableArray<ServerDefinition> From(ProxyConfiguration configuration) =>
            [.. configuration.Servers.Where(server => Names.Contains(server.Name))];
    }

    /// <summary>One server that the client brings along (<c>coagent wrap</c>) and nobody else sees.</summary>
    public sealed record Wrapped(ServerDefinition Definition) : ServerSelection
    {
        public override ImmutableArray<ServerDefinition> From(ProxyConfiguration configuration) => [Definition];
    }
}
