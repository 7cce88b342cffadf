using System.Text;
using System.Text.Json.Nodes;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>Makes several servers look like one to a client.</summary>
internal sealed class MergedServers(ClientSession session, ProxyContext context)
{
    private const string Name = "coagent";
    private const string MethodNotFoundCode = "-32601";

    /// <summary>Errors by which a server says that a thing is not its own.</summary>
    private static readonly string[] NotMine = [MethodNotFoundCode, "-32602", "-32002"];

    private readonly ListDirectory _prompts = new(ListKind.Prompts, context);
    private readonly ListDirectory _resources = new(ListKind.Resources, context);
    private readonly ListDirectory _templates = new(ListKind.Templates, context);

    public ListDirectory Tools { get; } = new(ListKind.Tools, context);

    public Task<Splice> RouteAsync(ClientExchange exchange) => exchange.Request.Method switch
    {
        MethodNames.ToolsList => ListAsync(exchange, ListKind.Tools, Tools),
        MethodNames.PromptsList => ListAsync(exchange, ListKind.Prompts, _prompts),
        MethodNames.ResourcesList => ListAsync(exchange, ListKind.Resources, _resources),
        MethodNames.ResourceTemplatesList => ListAsync(exchange, ListKind.Templates, _templates),
        MethodNames.PromptsGet => GetPromptAsync(exchange),
        MethodNames.ResourcesRead or MethodNames.ResourcesSubscribe or MethodNames.ResourcesUnsubscribe =>
            ByUriAsync(exchange, exchange.Request.TextOf(exchange.Request.Members.Uri) ?? ""),
        MethodNames.Complete => CompleteAsync(exchange),
        MethodNames.SetLevel => TellAllAsync(exchange),
        MethodNames.Discover => DiscoverAsync(exchange),
        MethodNames.Listen => new MergedListening(session.Links, exchange, context.Time).RunAsync(),
        _ => AskEachAsync(exchange, session.Links),
    };

    /// <summary>Opens every server; one that is slow joins later, one that is dead keeps nobody waiting.</summary>
    public async Task<Splice> InitializeAsync(ClientExchange exchange)
    {
        var openings = session.Links.Select(static link => link.OpenAsync()).ToArray();
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(exchange.Cancelled);
        await Task.WhenAny(Task.WhenAll(openings), Task.Delay(ListDirectory.Patience, context.Time, enough.Token));
        await enough.CancelAsync();
        foreach (var late in openings.Where(static opening => !opening.IsCompleted))
        {
            _ = AnnounceAsync(late);
        }

        var answers = openings.Where(static opening => opening.IsCompleted)
            .Select(static opening => opening.Result)
            .OfType<Opening.Ready>().Select(static ready => ready.InitializeAnswer).OfType<JsonRpcFrame>()
            .Select(InitializeMembers.Of).ToArray();
        var asked = InitializeMembers.Of(exchange.Request).ProtocolVersion;
        var result = new JsonObject
        {
            ["protocolVersion"] = answers.Select(static answer => answer.ProtocolVersion).Append(asked).Min(StringComparer.Ordinal),
            ["capabilities"] = MergedCapabilities.Of(answers.Select(static answer => answer.Capabilities)),
            ["serverInfo"] = new JsonObject { ["name"] = Name, ["version"] = ProductVersion.Text },
        };
        AddInstructions(result, answers);
        return ClientAnswer.Result(exchange, Encoding.UTF8.GetBytes(result.ToJsonString()));
    }

    public void Invalidate(JsonRpcFrame notification)
    {
        switch (notification.Method)
        {
            case MethodNames.ToolsChanged:
                Tools.Invalidate();
                break;
            case MethodNames.PromptsChanged:
                _prompts.Invalidate();
                break;
            case MethodNames.ResourcesChanged:
                _resources.Invalidate();
                _templates.Invalidate();
                break;
        }
    }

    public void InvalidateAll()
    {
        foreach (var directory in new[] { Tools, _prompts, _resources, _templates })
        {
            directory.Invalidate();
        }
    }

    private async Task AnnounceAsync(Task<Opening> late)
    {
        if (await late is Opening.Ready)
        {
            await session.TellListsChangedAsync();
        }
    }

    private static void AddInstructions(JsonObject result, IEnumerable<InitializeMembers> answers)
    {
        var texts = answers.Where(static answer => !answer.Instructions.IsEmpty)
            .Select(static answer => JsonNode.Parse(answer.Instructions.Span)?.ToString())
            .OfType<string>();
        result["instructions"] = string.Join("\n\n", texts.Append(Introduction.Instructions));
        if (result["capabilities"] is JsonObject capabilities && capabilities["tools"] is not JsonObject)
        {
            capabilities["tools"] = new JsonObject();
        }
    }

    private async Task<Splice> ListAsync(ClientExchange exchange, ListKind kind, ListDirectory directory)
    {
        await directory.RefreshAsync(session.Links, exchange);
        byte[] modern = RequestRouter.IsModern(exchange.Request)
            ? [.. ",\"resultType\":\"complete\","u8, .. directory.CacheHints(session.Links)]
            : [];
        return ClientAnswer.Result(
            exchange, (byte[])[(byte)'{', .. ObjectEdit.Member(kind.Member, directory.ToJson(session.Links)), .. modern, (byte)'}']);
    }

    private async Task<Splice> GetPromptAsync(ClientExchange exchange)
    {
        var name = exchange.Request.TextOf(exchange.Request.Members.Name) ?? "";
        return await ByPromptAsync(exchange, name, exchange.Request.Members.Name)
            ?? ClientAnswer.Error(exchange, JsonRpcError.InvalidParams, $"Unknown prompt '{name}'. {_prompts.Troubles}".TrimEnd());
    }

    private async Task<Splice> CompleteAsync(ClientExchange exchange)
    {
        var reference = CompletionReference.Of(exchange.Request);
        var answer = reference.Prompt is { } prompt ? await ByPromptAsync(exchange, prompt, reference.NameAt) : null;
        return answer ?? (reference.Uri is { } uri
            ? await ByUriAsync(exchange, uri)
            : await AskEachAsync(exchange, session.Links));
    }

    private async Task<Splice?> ByPromptAsync(ClientExchange exchange, string name, Slice nameAt)
    {
        if (_prompts.Names.Find(name) is null)
        {
            await _prompts.RefreshAsync(session.Links, exchange);
        }

        if (_prompts.Names.Find(name) is not { } target || LinkOf(target.Server) is not { } link)
        {
            return null;
        }

        Edit[] edits = target.OwnName == name ? [] : [new Edit(nameAt, ObjectEdit.Text(target.OwnName))];
        var isNameMirrored = MirrorHeaders.NameOf(exchange.Request) is not null;
        var relay = Relay(exchange, link) with { Edits = edits, Name = isNameMirrored ? target.OwnName : null };
        return ClientAnswer.From(exchange, await link.RequestAsync(relay));
    }

    private async Task<Splice> ByUriAsync(ClientExchange exchange, string uri)
    {
        if (!_resources.IsFilled)
        {
            await _resources.RefreshAsync(session.Links, exchange);
            await _templates.RefreshAsync(session.Links, exchange);
        }

        var server = _resources.ServerOfUri(uri) ?? _templates.ServerOfUri(uri);
        return server is not null && LinkOf(server) is { } link
            ? ClientAnswer.From(exchange, await AskAsync(exchange, link))
            : await AskEachAsync(exchange, session.Links);
    }

    private async Task<Splice> TellAllAsync(ClientExchange exchange)
    {
        foreach (var link in session.Links)
        {
            link.RememberStanding(exchange.Request);
        }

        await Task.WhenAll(session.Links.Where(static link => link.Current is not null)
            .Select(link => link.RequestAsync(Relay(exchange, link))));
        return ClientAnswer.Result(exchange, "{}"u8.ToArray());
    }

    // Modern is offered when every server speaks it: a client that is told so stays modern, and one that is not falls back.
    private async Task<Splice> DiscoverAsync(ClientExchange exchange)
    {
        var replies = await Task.WhenAll(session.Links.Select(link => link.RequestAsync(Relay(exchange, link))));
        var answers = replies.OfType<Reply.Answered>().Select(static reply => reply.Frame)
            .Where(static frame => frame.Kind == FrameKind.Result).ToArray();
        if (answers.Length < replies.OfType<Reply.Answered>().Count() || answers.Length == 0)
        {
            return ClientAnswer.Error(
                exchange, JsonRpcError.MethodNotFound, "Not every server here speaks this version: use the initialize handshake.");
        }

        var members = answers.Select(InitializeMembers.Of).ToArray();
        var result = new JsonObject
        {
            ["resultType"] = "complete",
            ["supportedVersions"] = new JsonArray(MirrorHeaders.FirstModernVersion),
            ["capabilities"] = MergedCapabilities.Of(members.Select(static answer => answer.Capabilities)),
            ["ttlMs"] = 0,
            ["cacheScope"] = "private",
            ["_meta"] = new JsonObject
            {
                ["io.modelcontextprotocol/serverInfo"] = new JsonObject { ["name"] = Name, ["version"] = ProductVersion.Text },
            },
        };
        AddInstructions(result, members);
        return ClientAnswer.Result(exchange, Encoding.UTF8.GetBytes(result.ToJsonString()));
    }

    // What nobody here knows the address of is put to one server after another until one says that it is its own.
    private static async Task<Splice> AskEachAsync(ClientExchange exchange, IReadOnlyList<ServerLink> links)
    {
        Reply? best = null;
        foreach (var link in links)
        {
            var reply = await AskAsync(exchange, link);
            if (reply is Reply.Answered answered && !NotMine.Contains(answered.Frame.KeyOf(answered.Frame.Members.Code)))
            {
                return ClientAnswer.From(exchange, answered.Frame);
            }

            best = Better(best, reply);
        }

        return best is null
            ? ClientAnswer.Error(exchange, JsonRpcError.MethodNotFound, $"No server here knows '{exchange.Request.Method}'.")
            : ClientAnswer.From(exchange, best);
    }

    private static async Task<Reply> AskAsync(ClientExchange exchange, ServerLink link)
    {
        var reply = await link.RequestAsync(Relay(exchange, link));
        if (reply is Reply.Answered { Frame.Kind: FrameKind.Result })
        {
            link.RememberStanding(exchange.Request);
        }

        return reply;
    }

    // A server's own words are better than that another could not be asked, and more than "I do not know the method".
    private static Reply Better(Reply? best, Reply next) =>
        best is null or Reply.Faulted
        || (next is Reply.Answered && best is Reply.Answered { Frame: var frame } && frame.KeyOf(frame.Members.Code) == MethodNotFoundCode)
            ? next
            : best;

    private ServerLink? LinkOf(string server) => session.Links.FirstOrDefault(link => link.Name == server);

    private static RelayRequest Relay(ClientExchange exchange, ServerLink link) =>
        new(exchange.Request, exchange, link.Definition.Options.Timeout)
        {
            CancellationToken = exchange.Cancelled,
            ParameterHeaders = exchange.ParameterHeaders ?? [],
        };
}
