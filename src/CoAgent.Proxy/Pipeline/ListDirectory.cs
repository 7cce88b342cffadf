using System.Collections.Immutable;
using CoAgent.Proxy.Downstream;
using CoAgent.Proxy.OwnTools;
using CoAgent.Proxy.Sessions;
using CoAgent.Proxy.Wire;

namespace CoAgent.Proxy.Pipeline;

/// <summary>A kind of list that servers offer: tools, prompts, resources or templates.</summary>
/// <param name="Method">The method that asks for it.</param>
/// <param name="Member">The member of the result that holds it.</param>
/// <param name="IsNamed">Whether its items are addressed by name (and renamed where two servers clash) or by URI.</param>
internal sealed record ListKind(string Method, string Member, bool IsNamed)
{
    public static readonly ListKind Tools = new(MethodNames.ToolsList, "tools", IsNamed: true);
    public static readonly ListKind Prompts = new(MethodNames.PromptsList, "prompts", IsNamed: true);
    public static readonly ListKind Resources = new(MethodNames.ResourcesList, "resources", IsNamed: false);
    public static readonly ListKind Templates = new(MethodNames.ResourceTemplatesList, "resourceTemplates", IsNamed: false);
}

/// <summary>One kind of list as one session sees it: what each server offers, under which names.</summary>
/// <remarks>
/// A server that cannot be listed keeps the items that it was last seen with, so that its trouble shows in its own calls
/// and not in a list that shrinks.
/// </remarks>
internal sealed class ListDirectory(ListKind kind, ProxyContext context)
{
    /// <summary>How long a list waits for a server that is slow.</summary>
    /// <value>10 seconds; later it goes on with the others.</value>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int PagesMax = 200;

    /// <summary>Stands for ourselves; no server of the configuration has it for a name.</summary>
    private const string OwnServer = "";

    private ImmutableDictionary<string, ServerList> _lists = ImmutableDictionary<string, ServerList>.Empty;
    private ImmutableArray<string> _servers = [];
    private ToolNames _names = ToolNames.Merge([]);

    /// <summary>What one server offers, or why it could not be asked.</summary>
    private sealed record ServerList(ImmutableArray<ListItems> Pages, string? Trouble)
    {
        public static readonly ServerList Unknown = new([], Trouble: null);

        public IEnumerable<ListItem> Items => Pages.SelectMany(static page => page.Items);
    }

    /// <summary>True once every server has been asked at least once.</summary>
    public bool IsFilled { get; private set; }

    /// <summary>What the names of the last merge became.</summary>
    public ToolNames Names => _names;

    /// <summary>Forgets that it was asked; names known so far stay valid until the next list.</summary>
    public void Invalidate() => IsFilled = false;

    /// <summary>Why some servers could not be asked, in words; empty when all could.</summary>
    public string Troubles => string.Join(' ', _servers.Select(server => _lists.GetValueOrDefault(server, ServerList.Unknown).Trouble).OfType<string>());

    /// <summary>Asks every server for its items.</summary>
    public async Task RefreshAsync(IReadOnlyList<ServerLink> links, ClientExchange exchange)
    {
        var lists = await Task.WhenAll(links.Select(link => ListPatientlyAsync(link, exchange)));
        _lists = links.Zip(lists).ToImmutableDictionary(static pair => pair.First.Name, static pair => pair.Second);
        _servers = [.. links.Select(static link => link.Name)];
        _names = ToolNames.Merge(OwnShare.Concat(links.Zip(lists, static (link, list) => new NamedShare(
            link.Name, link.Definition.Options.Prefix, [.. list.Items.Select(static item => item.Name).Where(link.Offers)]))));
        IsFilled = true;
    }

    // Our tools are there first: a server's of the same name is renamed as any that clashes.
    private IEnumerable<NamedShare> OwnShare => kind == ListKind.Tools ? [new NamedShare(OwnServer, Prefix: null, OwnTool.Names)] : [];

    /// <summary>The items of all servers in one array, each in its server's own bytes but for a name that changed.</summary>
    public byte[] ToJson(IReadOnlyList<ServerLink> links)
    {
        var output = new List<ReadOnlyMemory<byte>>();
        foreach (var link in links)
        {
            foreach (var page in Of(link).Pages)
            {
                output.AddRange(page.Items.Where(item => !kind.IsNamed || link.Offers(item.Name)).Select(item => Item(link, page, item)));
            }
        }

        if (kind == ListKind.Tools)
        {
            output.Add(OwnTool.Definitions);
            if (context.Grown?.DefinitionsBeside(name => _names.Find(name) is not null) is { Length: > 0 } grown)
            {
                output.Add(grown.AsMemory(1)); // without its first comma
            }
        }

        return Join(output);
    }

    /// <summary>The lists' hints of how long they hold and for whom: the shortest and the narrowest that a server gave.</summary>
    public byte[] CacheHints(IReadOnlyList<ServerLink> links)
    {
        var (ttl, isPublic) = (long.MaxValue, true);
        foreach (var page in links.SelectMany(link => Of(link).Pages))
        {
            var stated = page.Answer.KeyOf(page.Answer.BodyMember("ttlMs"u8));
            ttl = Math.Min(ttl, long.TryParse(stated, out var milliseconds) ? milliseconds : 0);
            isPublic &= page.Answer.KeyOf(page.Answer.BodyMember("cacheScope"u8)) == "\"public\"";
        }

        return System.Text.Encoding.UTF8.GetBytes(
            $"\"ttlMs\":{(ttl == long.MaxValue ? 0 : ttl)},\"cacheScope\":\"{(isPublic ? "public" : "private")}\"");
    }

    /// <summary>The first server that listed a URI, or a template that it fits; null when none did.</summary>
    public string? ServerOfUri(string uri) => _servers.FirstOrDefault(server =>
        _lists.GetValueOrDefault(server, ServerList.Unknown).Items.Any(item => item.Uri == uri || FitsTemplate(item.Uri, uri)));

    private static bool FitsTemplate(string template, string uri)
    {
        var brace = template.IndexOf('{', StringComparison.Ordinal);
        return brace > 0 && uri.AsSpan().StartsWith(template.AsSpan(0, brace), StringComparison.Ordinal);
    }

    private ServerList Of(ServerLink link) => _lists.GetValueOrDefault(link.Name, ServerList.Unknown);

    private ReadOnlyMemory<byte> Item(ServerLink link, ListItems page, ListItem item)
    {
        var name = kind.IsNamed ? _names.NameOf(new NameTarget(link.Name, item.Name)) : item.Name;
        Edit[] renamed = name == item.Name ? [] : [new Edit(item.NameAt, ObjectEdit.Text(name))];
        Edit[] stripped = kind == ListKind.Tools && context.StripsOutputSchemas ? [.. ToolListEdits.SchemaOf(page, item)] : [];
        return new Splice(
            page.Answer.Memory(item.Item),
            [.. renamed.Concat(stripped).Select(edit => ToolListEdits.Moved(edit, -item.Item.Start))]).ToMemory();
    }

    private static byte[] Join(List<ReadOnlyMemory<byte>> items)
    {
        using var joined = new MemoryStream();
        joined.WriteByte((byte)'[');
        for (var index = 0; index < items.Count; index++)
        {
            joined.Write(index > 0 ? ","u8 : default);
            joined.Write(items[index].Span);
        }

        joined.WriteByte((byte)']');
        return joined.ToArray();
    }

    private async Task<ServerList> ListPatientlyAsync(ServerLink link, ClientExchange exchange)
    {
        var listing = ListAsync(link, exchange);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(exchange.Cancelled);
        var patience = Task.Delay(Patience, context.Time, enough.Token);
        var first = await Task.WhenAny(listing, patience);
        await enough.CancelAsync();
        return first == listing
            ? await listing
            : Of(link) with { Trouble = $"The server '{link.Name}' has not answered {kind.Method} yet." };
    }

    private async Task<ServerList> ListAsync(ServerLink link, ClientExchange exchange)
    {
        var pages = ImmutableArray.CreateBuilder<ListItems>();
        var request = exchange.Request.Is(kind.Method) && !exchange.Request.Members.Cursor.Exists
            ? exchange.Request
            : NextPage(exchange, cursor: null);
        while (pages.Count < PagesMax)
        {
            var relay = new RelayRequest(request, exchange, link.Definition.Options.Timeout) { CancellationToken = exchange.Cancelled };
            var reply = await link.RequestAsync(relay);
            if (reply is not Reply.Answered { Frame: { Kind: FrameKind.Result } answer })
            {
                return Of(link) with { Trouble = TroubleOf(link, reply) };
            }

            var page = ListItems.Of(answer, System.Text.Encoding.UTF8.GetBytes(kind.Member));
            pages.Add(page);
            if (kind == ListKind.Tools)
            {
                link.Tools.Note(page);
            }

            if (answer.TextOf(answer.Members.NextCursor) is null)
            {
                break;
            }

            request = NextPage(exchange, answer.Memory(answer.Members.NextCursor));
        }

        return new ServerList(pages.ToImmutable(), Trouble: null);
    }

    // A server that does not know the method has none of that kind: that is no trouble.
    private static string? TroubleOf(ServerLink link, Reply reply) => reply switch
    {
        Reply.Faulted faulted => faulted.Fault.Message,
        Reply.Answered { Frame: var error } when error.KeyOf(error.Members.Code) == "-32601" => null,
        _ => $"The server '{link.Name}' answered its list with an error.",
    };

    private JsonRpcFrame NextPage(ClientExchange exchange, ReadOnlyMemory<byte>? cursor)
    {
        var request = exchange.Request;
        byte[] meta = request.Members.Meta.Exists ? ObjectEdit.Member("_meta", request.Span(request.Members.Meta)) : [];
        byte[] at = cursor is { } given ? ObjectEdit.Member("cursor", given.Span) : [];
        byte[] comma = meta.Length > 0 && at.Length > 0 ? [(byte)','] : [];
        return JsonRpcFrame.Parse(JsonRpcError.Call("0"u8, kind.Method, (byte[])[(byte)'{', .. at, .. comma, .. meta, (byte)'}']));
    }
}
