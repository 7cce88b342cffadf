using System.Text.Json;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Downstream;

/// <summary>Lets a legacy client use a server that speaks the modern era only.</summary>
/// <remarks>
/// The handshake is answered from <c>server/discover</c>; every request gets the metadata that the modern era wants;
/// an <c>input_required</c> result becomes requests to the client, and its answers a retry; what a legacy client gets
/// unasked (list changes, resource updates) comes from one <c>subscriptions/listen</c>. Sources: MCP 2026-07-28,
/// "Multi Round-Trip Requests", "Subscriptions", "Versioning".
/// </remarks>
internal sealed class EraBridge : IAsyncDisposable
{
    /// <summary>How often one request may ask for more input.</summary>
    public const int RoundsMax = 16;

    private static readonly byte[] EmptyResult = "{}"u8.ToArray();

    private readonly ServerConnection _connection;
    private readonly ILinkOwner _owner;
    private readonly byte[] _metadata;
    private readonly Subscription _subscription;
    private volatile string? _logLevel;

    private EraBridge(ServerConnection connection, ILinkOwner owner, byte[] metadata)
    {
        _connection = connection;
        _owner = owner;
        _metadata = metadata;
        _subscription = new Subscription(connection, owner, metadata);
    }

    /// <summary>Opens a bridge to a server that has refused <c>initialize</c>; null when it is not modern either.</summary>
    public static async Task<Opening?> OpenAsync(
        ServerConnection connection, JsonRpcFrame initialize, ILinkOwner owner, CancellationToken cancellationToken)
    {
        var client = InitializeMembers.Of(initialize);
        var version = MirrorHeaders.FirstModernVersion;
        var metadata = Metadata(version, client);
        connection.UseVersion(version);
        var discover = JsonRpcFrame.Parse(
            JsonRpcError.Call("0"u8, MethodNames.Discover, (byte[])[.. "{\"_meta\":{"u8, .. metadata, .. "}}"u8]));
        var reply = await connection.RequestAsync(
            new RelayRequest(discover, Requester: null, Handshake.StartTimeout) { CancellationToken = cancellationToken });
        if (reply is not Reply.Answered { Frame: { Kind: FrameKind.Result } discovered })
        {
            return null;
        }

        var answer = JsonRpcFrame.Parse(JsonRpcError.Result("0"u8, InitializeResult(discovered, client.ProtocolVersion)));
        var bridge = new EraBridge(connection, owner, metadata);
        if (owner.IsInitialized)
        {
            _ = bridge._subscription.RenewAsync();
        }

        return new Opening.Ready(connection, answer, bridge);
    }

    public async Task<Reply> RequestAsync(RelayRequest request)
    {
        var frame = request.Frame;
        switch (frame.Method)
        {
            case MethodNames.Ping:
                return Answer(frame, EmptyResult);
            case MethodNames.SetLevel:
                _logLevel = LevelOf(frame);
                return Answer(frame, EmptyResult);
            case MethodNames.ResourcesSubscribe:
            case MethodNames.ResourcesUnsubscribe:
                return await SubscribeAsync(request);
            default:
                return await AskUntilCompleteAsync(request);
        }
    }

    /// <summary>Takes what a legacy client says of its own accord; the modern era has words for none of it.</summary>
    public ValueTask NotifyAsync(JsonRpcFrame notification)
    {
        if (notification.Is(MethodNames.Initialized))
        {
            _ = _subscription.RenewAsync();
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _subscription.Dispose();
        return ValueTask.CompletedTask;
    }

    // Answered once the server listens: a client that is told so may count on every change from then on.
    private async Task<Reply> SubscribeAsync(RelayRequest request)
    {
        var frame = request.Frame;
        var listening = _subscription.SetAsync(frame.TextOf(frame.Members.Uri) ?? "", frame.Is(MethodNames.ResourcesSubscribe));
        try
        {
            await listening.WaitAsync(Handshake.StartTimeout, _connection.Time, request.CancellationToken);
            return Answer(frame, EmptyResult);
        }
        catch (TimeoutException)
        {
            return new Reply.Faulted(new ServerFault(
                FaultStage.Waiting, $"The server '{_connection.Server}' has not confirmed the subscription within {Handshake.StartTimeout}."));
        }
        catch (OperationCanceledException) when (request.CancellationToken.IsCancellationRequested)
        {
            return new Reply.Faulted(new ServerFault(FaultStage.Cancelled, "The request was cancelled."));
        }
    }

    private async Task<Reply> AskUntilCompleteAsync(RelayRequest request)
    {
        var more = request.Inputs;
        for (var round = 0; round < RoundsMax; round++)
        {
            var reply = await _connection.RequestAsync(request with { Edits = [.. request.Edits, .. EditsFor(request.Frame, more)] });
            if (reply is not Reply.Answered { Frame: { Kind: FrameKind.Result } result } || !InputRequests.IsAskedBy(result)
                || request.LeavesInputRequests)
            {
                return reply;
            }

            if (InputRequests.FaultOf(result) is { } fault)
            {
                return new Reply.Faulted(new ServerFault(FaultStage.Answering, $"The server '{_connection.Server}' {fault}"));
            }

            var inputs = await InputRequests.PutToClientAsync(_owner, result, request);
            if (inputs.Refusal is { } refusal)
            {
                return new Reply.Answered(refusal);
            }

            more = inputs.RetryMembers;
        }

        return new Reply.Faulted(new ServerFault(
            FaultStage.Answering, $"The server '{_connection.Server}' asked for input {RoundsMax} times without an end."));
    }

    private Edit[] EditsFor(JsonRpcFrame request, byte[] more)
    {
        var level = _logLevel is { } set
            ? (byte[])[(byte)',', .. ObjectEdit.Member(MetaMembers.LogLevelKey, ObjectEdit.Text(set))]
            : [];
        byte[] metadata = [.. _metadata, .. level];
        if (more.Length == 0)
        {
            return [ObjectEdit.IntoRequestMeta(request, metadata)];
        }

        var meta = request.Members.Meta;
        return meta.Exists
            ? [ObjectEdit.IntoRequestMeta(request, metadata), ObjectEdit.IntoParams(request, more)]
            : [ObjectEdit.IntoParams(request, [.. more, .. ",\"_meta\":{"u8, .. metadata, (byte)'}'])];
    }

    private static byte[] Metadata(string version, InitializeMembers client) =>
    [
        .. ObjectEdit.Member(MetaMembers.ProtocolVersionKey, ObjectEdit.Text(version)), (byte)',',
        .. ObjectEdit.Member(MetaMembers.ClientInfoKey, client.Info.Span), (byte)',',
        .. ObjectEdit.Member(MetaMembers.ClientCapabilitiesKey, client.Capabilities.Span),
    ];

    private static byte[] InitializeResult(JsonRpcFrame discovered, string asked)
    {
        var server = InitializeMembers.Of(discovered);
        var info = MetaValue(discovered, "io.modelcontextprotocol/serverInfo") ?? "{\"name\":\"server\",\"version\":\"0\"}"u8.ToArray();
        var version = MirrorHeaders.LegacyVersions.Contains(asked) ? asked : MirrorHeaders.LegacyVersions[^1];
        byte[] instructions = server.Instructions.IsEmpty
            ? []
            : [(byte)',', .. ObjectEdit.Member("instructions", server.Instructions.Span)];
        return
        [
            (byte)'{', .. ObjectEdit.Member("protocolVersion", ObjectEdit.Text(version)), (byte)',',
            .. ObjectEdit.Member("capabilities", server.Capabilities.Span), (byte)',',
            .. ObjectEdit.Member("serverInfo", info), .. instructions, (byte)'}',
        ];
    }

    private static byte[]? MetaValue(JsonRpcFrame frame, string name)
    {
        using var document = JsonDocument.Parse(frame.Memory(frame.Body), InputRequests.Deep);
        return document.RootElement.TryGetProperty("_meta", out var meta)
            && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty(name, out var value)
            ? System.Text.Encoding.UTF8.GetBytes(value.GetRawText())
            : null;
    }

    private static string? LevelOf(JsonRpcFrame setLevel)
    {
        return setLevel.TextOf(setLevel.BodyMember("level"u8));
    }

    private static Reply.Answered Answer(JsonRpcFrame request, byte[] result) =>
        new(JsonRpcFrame.Parse(JsonRpcError.Result(request.Span(request.Id), result)));
}
