using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Effects;
using CoAgent.Proxy.Sessions;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Downstream;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Effects;

/// <summary>Who has described a server, as it is asked before every call.</summary>
public sealed class ServerBookTests
{
    [Fact]
    public async Task A_server_whose_profile_is_configured_is_described_once_and_not_asked_for_its_name()
    {
        await using var servers = new ScriptedServers();
        await using var stewards = new Stewards(servers.Starter, NullLoggerFactory.Instance);
        var definition = ScriptedServers.Definition(options: new ServerOptions { Profile = "p" });
        var configuration = new ProxyConfiguration("f", "d", [definition], [], new ProxyOptions { Journal = "j", Catalog = "c" });
        var asked = new AskedProfiles();
        var book = new ServerBook(() => configuration, new SessionDirectory(() => configuration), stewards, asked, root: "/");

        Assert.Null(await book.ProfileOfAsync(definition, link: null));
        Assert.Null(await book.ProfileOfAsync(definition, link: null));

        Assert.Equal(2, asked.Servers.Count); // who goes by it may change at any time
        Assert.Same(asked.Servers[0], asked.Servers[1]);
        Assert.Equal(("p", null), (asked.Servers[0].Profile, asked.Servers[0].OwnName));
    }

    /// <summary>Remembers which servers it was asked about.</summary>
    private sealed class AskedProfiles : IToolProfiles
    {
        public List<ForeignServer> Servers { get; } = [];

        public IToolProfile? Find(ForeignServer server)
        {
            Servers.Add(server);
            return null;
        }

        public ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Find(server));
    }
}
