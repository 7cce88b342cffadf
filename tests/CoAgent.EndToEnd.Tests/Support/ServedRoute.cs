namespace CoAgent.EndToEnd.Tests.Support;

/// <summary>How a client and a server are joined by the proxy.</summary>
public enum Route
{
    HttpToStdio,
    HttpToHttp,
    StdioToStdio,
}

/// <summary>A client, the proxy and one fixture server, joined by a route.</summary>
internal sealed class ServedRoute : IAsyncDisposable
{
    private readonly Route way;
    private readonly HttpFixture? fixture;
    private readonly ServedWorkspace workspace;
    private readonly List<RelayedClient> clients = [];

    private ServedRoute(Route route, HttpFixture? http, ServedWorkspace served)
    {
        way = route;
        fixture = http;
        workspace = served;
        Client = NewClient();
    }

    /// <summary>The first client.</summary>
    public RelayedClient Client { get; }

    /// <summary>Starts a fixture server behind the proxy; over HTTP <c>faulty</c> stands for <c>faulty-http</c>.</summary>
    public static async Task<ServedRoute> StartAsync(Route route, CancellationToken cancellationToken, params string[] fixture)
    {
        string[] overHttp = [fixture[0] == "faulty" ? "faulty-http" : fixture[0], .. fixture[1..]];
        var http = route == Route.HttpToHttp ? await HttpFixture.StartAsync(cancellationToken, overHttp) : null;
        var served = await ServedWorkspace.StartAsync(cancellationToken, http is null
            ? ServedWorkspace.Server.Stdio("fixture", fixture)
            : ServedWorkspace.Server.Http("fixture", http.Url));
        return new ServedRoute(route, http, served);
    }

    /// <summary>A further client of the same daemon.</summary>
    public RelayedClient NewClient(params IEnumerable<string> arguments)
    {
        var client = workspace.NewClient(overHttp: way != Route.StdioToStdio, arguments);
        clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in clients)
        {
            await client.DisposeAsync();
        }

        await workspace.DisposeAsync();
        if (fixture is not null)
        {
            await fixture.DisposeAsync();
        }
    }
}
