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

    /// <summary>Why a configuration has none of them, with what to do.</summary>
    public virtual string WhyNone(ProxyConfiguration configuration) =>
        "no server is configured. Add one to \"mcpServers\" in the configuration.";

    private static string NamesOf(ProxyConfiguration configuration) =>
        string.Join(", ", configuration.Servers.Select(static server => server.Name));

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

        public override string WhyNone(ProxyConfiguration configuration) => configuration.Servers.IsEmpty
            ? base.WhyNone(configuration)
            : $"there is no server '{string.Join("', '", Names)}'. The configuration has: {NamesOf(configuration)}.";
    }

    /// <summary>One server that the client brings along (<c>coagent wrap</c>) and nobody else sees.</summary>
    public sealed record Wrapped(ServerDefinition Definition) : ServerSelection
    {
        public override ImmutableArray<ServerDefinition> From(ProxyConfiguration configuration) => [Definition];
    }
}
