using System.Text;
using System.Text.Json;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Effects;
using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Pipeline;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Coordination;
using CoAgent.Tests.Downstream;
using CoAgent.Tests.Effects;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Pipeline;

/// <summary>Everything between a client's request and a tool, in one process: pipeline, coordinator, world, one scripted server.</summary>
internal sealed class CallStage : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);
    private readonly Stewards _stewards;
    private readonly RunningCoordinator _running;

    private CallStage(
        ScriptedServers servers, ProxyConfiguration configuration, Stewards stewards, RunningCoordinator running, (OpenCalls Open, ServerBook Book) calls)
    {
        (Servers, Configuration, _stewards, _running) = (servers, configuration, stewards, running);
        var names = new ShownNames();
        var notices = new NoticeBlocks("secret", names, () => configuration);
        var isOrdering = configuration.Options.Protocol != CoordinationProtocol.None;
        OwnTools = new OwnToolCalls(
            running.Coordinator, notices, names, () => configuration, running.Time, NullLogger<OwnToolCalls>.Instance)
        {
            IsOrdering = isOrdering,
        };
        Calls = new CallPipeline(
            running.Coordinator,
            new CallBinder(servers, calls.Book, new ShellTools(servers, () => configuration), () => configuration),
            calls.Open,
            calls.Book,
            new CallTeller(running.Coordinator, notices, () => configuration),
            names,
            servers.Time)
        {
            IsOrdering = isOrdering,
        };
        Link = servers.Link(new RecordingOwner());
    }

    public ScriptedServers Servers { get; }

    public ProxyConfiguration Configuration { get; }

    public CallPipeline Calls { get; }

    public OwnToolCalls OwnTools { get; }

    /// <summary>The way to the server of every client.</summary>
    public ServerLink Link { get; init; }

    public KeyWorld World => (KeyWorld)Servers.Effects!;

    public RunningCoordinator Running => _running;

    /// <summary>The name that the clients give themselves.</summary>
    public string ClientName { get; set; } = "copilot";

    public static async Task<CallStage> StartAsync(
        Func<ProxyOptions, ProxyOptions>? options = null, IToolProfiles? profiles = null, ServerOptions? server = null)
    {
        var servers = new ScriptedServers();
        var settings = new ProxyOptions { Journal = "j", Catalog = "c" };
        var configuration = new ProxyConfiguration(
            "f", "d", [ScriptedServers.Definition(options: server)], [], options?.Invoke(settings) ?? settings);
        var stewards = new Stewards(servers.Starter, NullLoggerFactory.Instance);
        var book = new ServerBook(() => configuration, new SessionDirectory(() => configuration), stewards, profiles ?? new NoProfiles(), root: "/");
        var open = new OpenCalls();
        var world = new ToolWorld(
            servers, book, new ShellTools(servers, () => configuration), open, new ForeignCalls(open, book, servers.Time), servers.Time);
        var running = await RunningCoordinator.StartAsync(
            world,
            new CoordinatorOptions
            {
                Protocol = new Protocol.ProtocolOptions
                {
                    Gate = configuration.Options.Gate.ToProtocol(),
                    Irreversible = configuration.Options.Irreversible.ToProtocol(),
                },
            },
            servers.Time);
        return new CallStage(servers, configuration, stewards, running, (open, book));
    }

    /// <summary>Makes a call and gives the whole answer as its client gets it.</summary>
    public async Task<JsonElement> CallAsync(string agent, string tool, string arguments, long? rank = null)
    {
        using var exchange = Exchange(tool, arguments);
        return await CallAsync(agent, exchange, tool, rank);
    }

    /// <summary>The same with an exchange of the test's own.</summary>
    public async Task<JsonElement> CallAsync(string agent, RecordingExchange exchange, string tool, long? rank = null)
    {
        var name = AgentId.Create(agent);
        var identity = new ConnectionIdentity(name, ClientKey: null, name, rank is { } given ? new Rank(given) : null);
        var answer = await Calls.InvokeAsync(new ToolCall(exchange, identity, name, Link, tool, IsRenamed: false)
        {
            Handshake = Frame($$$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"clientInfo":{"name":"{{{{ClientName}}}}","version":"1"}}}"""),
        }).WaitAsync(Bound);
        return Read(answer);
    }

    /// <summary>Calls one of our tools.</summary>
    public async Task<JsonElement> OwnAsync(string agent, string tool, string arguments = "{}")
    {
        using var exchange = Exchange(tool, arguments);
        return Read(await OwnTools.InvokeAsync(exchange, tool, AgentId.Create(agent)).WaitAsync(Bound));
    }

    public static RecordingExchange Exchange(string tool, string arguments, string meta = "") => new(
        $$$$"""{"jsonrpc":"2.0","id":"é1","method":"tools/call","params":{"name":"{{{{tool}}}}","arguments":{{{{arguments}}}}{{{{(meta.Length > 0 ? $",\"_meta\":{meta}" : "")}}}}}}""");

    public static JsonElement Read(Splice answer)
    {
        using var document = JsonDocument.Parse(answer.ToMemory());
        return document.RootElement.Clone();
    }

    public static JsonRpcFrame Frame(string json) => JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json));

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await _running.DisposeAsync();
        await _stewards.DisposeAsync();
        await Servers.DisposeAsync();
    }

    private sealed class NoProfiles : IToolProfiles
    {
        public IToolProfile? Find(ForeignServer server) => null;

        public ValueTask<IToolProfile?> FindAsync(ForeignServer server, Captured captured, CancellationToken cancellationToken) =>
            ValueTask.FromResult<IToolProfile?>(null);
    }
}

/// <summary>Parts of an answer.</summary>
internal static class AnswerParts
{
    public static JsonElement Result(this JsonElement answer) => answer.GetProperty("result");

    public static JsonElement Record(this JsonElement answer) => answer.Result().GetProperty("_meta").GetProperty("coagent/call");

    public static string? Status(this JsonElement answer) => answer.Record().GetProperty("status").GetString();

    public static JsonElement? Notices(this JsonElement answer) =>
        answer.Result().GetProperty("_meta").TryGetProperty("coagent/notices", out var notices) ? notices : null;

    public static JsonElement Own(this JsonElement answer) => answer.Result().GetProperty("_meta").GetProperty("coagent/answer");

    public static string[] Texts(this JsonElement answer) =>
        [.. answer.Result().GetProperty("content").EnumerateArray().Select(static block => block.GetProperty("text").GetString()!)];

    public static bool IsError(this JsonElement answer) =>
        answer.Result().TryGetProperty("isError", out var isError) && isError.GetBoolean();
}
