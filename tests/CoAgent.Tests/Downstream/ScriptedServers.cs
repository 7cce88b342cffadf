using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using CoAgent.Proxy.Configuration;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.Wire;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Effects;
using CoAgent.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace CoAgent.Tests.Downstream;

/// <summary>Servers inside the test that do as their script says: started like built-in ones, over the real transport.</summary>
internal sealed class ScriptedServers : IBuiltinServers, IAsyncDisposable
{
    private readonly Channel<ScriptedServer> _started = Channel.CreateBounded<ScriptedServer>(1000);

    public ScriptedServers() => Starter = new ServerStarter(reaper: null!, this, Time, NullLoggerFactory.Instance)
    {
        Limits = static () => new Limits(),
    };

    public ManualTime Time { get; } = new();

    public ServerStarter Starter { get; }

    /// <summary>What a server answers to a request: JSON of a result, or of an error after "error:"; null for silence.</summary>
    public Func<JsonRpcFrame, string?> Answer { get; set; } = static request => request.Method switch
    {
        MethodNames.Initialize => """{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"s","version":"1"}}""",
        _ => "{}",
    };

    /// <summary>What calls touch.</summary>
    public Func<string, JsonElement, ToolDeclaration> Declare { get; set; } = KeyWorld.Declare;

    /// <summary>What the servers' tools do when they are not called over MCP.</summary>
    public IToolWorld? Effects { get; set; } = new KeyWorld();

    /// <summary>Why no server starts; null when they do.</summary>
    public Exception? Broken { get; set; }

    public int StartCount { get; private set; }

    public static ServerDefinition.Builtin Definition(string name = "files", ServerOptions? options = null) =>
        new(name, options ?? new ServerOptions(), ServerDefinition.Builtin.Workspace, "root");

    public ServerLink Link(ILinkOwner owner, string name = "files") => new(Definition(name), Starter, owner, NullLogger.Instance);

    public async Task<ScriptedServer> StartedAsync() => await _started.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public IBuiltinServer Get(string service, string root) => new ScriptedServer(this);

    /// <summary>A server begins to run.</summary>
    public void Started(ScriptedServer server)
    {
        StartCount++;
        if (Broken is { } error)
        {
            throw error;
        }

        Assert.True(_started.Writer.TryWrite(server));
    }

    public void UseContents(IContentSource contents)
    {
        // It captures nothing.
    }

    public void UseProfiles(IToolProfiles profiles)
    {
        // It runs no commands.
    }

    public ValueTask DisposeAsync() => Starter.DisposeAsync();
}

/// <summary>One run of a scripted server.</summary>
internal sealed class ScriptedServer(ScriptedServers script) : IBuiltinServer
{
    private readonly Channel<JsonRpcFrame> _received = Channel.CreateBounded<JsonRpcFrame>(1000);
    private readonly CancellationTokenSource _death = new();
    private LineWriter? _writer;

    public async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken)
    {
        _writer = new LineWriter(output, 1_000_000);
        script.Started(this);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _death.Token);
        var lines = new LineBuffer(1_000_000);
        try
        {
            int read;
            while ((read = await input.ReadAsync(lines.GetRoom(), end.Token)) > 0)
            {
                lines.Advance(read);
                while (lines.TryTake(out var line))
                {
                    await TakeAsync(JsonRpcFrame.Parse(((Line.Whole)line).Utf8));
                }
            }
        }
        catch (OperationCanceledException) when (_death.IsCancellationRequested)
        {
            // Killed.
        }
    }

    public ValueTask<ToolDeclaration> DeclareAsync(string tool, JsonElement arguments, bool mayTry, CancellationToken cancellationToken) =>
        ValueTask.FromResult(script.Declare(tool, arguments));

    public IToolWorld? Effects => script.Effects;

    public void Die() => _death.Cancel();

    public async Task SayAsync(string json) =>
        await _writer!.WriteAsync(Encoding.UTF8.GetBytes(json), CancellationToken.None);

    /// <summary>The next message that the server got under a method; others before it are passed over.</summary>
    public async Task<JsonRpcFrame> ReceivedAsync(string method)
    {
        while (true)
        {
            var frame = await _received.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
            if (frame.Method == method)
            {
                return frame;
            }
        }
    }

    private async Task TakeAsync(JsonRpcFrame frame)
    {
        Assert.True(_received.Writer.TryWrite(frame));
        if (frame.Kind == FrameKind.Request && script.Answer(frame) is { } answer)
        {
            await SayAsync(answer.StartsWith("error:", StringComparison.Ordinal)
                ? $$"""{"jsonrpc":"2.0","id":{{frame.IdKey}},"error":{{answer["error:".Length..]}}}"""
                : $$"""{"jsonrpc":"2.0","id":{{frame.IdKey}},"result":{{answer}}}""");
        }
    }
}

/// <summary>A client on whose behalf servers are reached.</summary>
internal sealed class RecordingOwner : ILinkOwner
{
    private readonly Channel<string> _notified = Channel.CreateBounded<string>(1000);

    public JsonRpcFrame? InitializeRequest { get; init; } = JsonRpcFrame.Parse(
        """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{"roots":{}},"clientInfo":{"name":"c","version":"1"}}}"""u8.ToArray());

    public bool IsInitialized { get; set; } = true;

    /// <summary>What the client answers when it is asked: JSON of a result; null when it can't be asked.</summary>
    public Func<string, string, string?> Answer { get; set; } = static (_, _) => null;

    public async Task<string> NotifiedAsync() => await _notified.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public ValueTask NotifiedAsync(string server, JsonRpcFrame notification)
    {
        Assert.True(_notified.Writer.TryWrite($"{server} {notification.Method}"));
        return ValueTask.CompletedTask;
    }

    public ValueTask AskedAsync(ServerConnection connection, JsonRpcFrame request, IRequester? related) => ValueTask.CompletedTask;

    public Task<JsonRpcFrame?> AskClientAsync(
        string method, ReadOnlyMemory<byte> paramsUtf8, IRequester? related, CancellationToken cancellationToken) =>
        Task.FromResult(Answer(method, Encoding.UTF8.GetString(paramsUtf8.Span)) is { } answer
            ? JsonRpcFrame.Parse(JsonRpcError.Result("0"u8, Encoding.UTF8.GetBytes(answer)))
            : null);
}
